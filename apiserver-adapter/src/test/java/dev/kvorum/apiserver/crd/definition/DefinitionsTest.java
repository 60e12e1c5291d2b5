package dev.kvorum.apiserver.crd.definition;

import static dev.kvorum.apiserver.crd.Widgets.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.Widgets;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus.Termination;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefinitionsTest {
  private static final Instant LATER = Instant.parse("2026-02-02T00:00:00Z");

  @Test
  void aNewDefinitionBeginsWithItsStorageVersionAndNothingAccepted() {
    ObjectNode definition = Widgets.sent();
    assertThat(definition.get("status"))
        .isEqualTo(json(
            "{'conditions':null,'acceptedNames':{'plural':'','kind':''},'storedVersions':['v1']}"));
    assertThat(definition.at("/metadata/generation").asInt()).isEqualTo(1);
  }

  @Test
  void itIsEstablishedOnceItsNamesAreAccepted() {
    ObjectNode settled = Widgets.established();
    assertThat(settled.at("/status/acceptedNames"))
        .isEqualTo(
            json("{'plural':'widgets','kind':'Widget','singular':'widget','shortNames':['wd'],"
                + "'listKind':'WidgetList','categories':['all']}"));
    assertThat(settled.at("/status/conditions").get(0))
        .isEqualTo(
            json("{'lastTransitionTime':'2026-01-01T00:00:00Z','message':'no conflicts found',"
                + "'reason':'NoConflicts','status':'True','type':'NamesAccepted'}"));
    assertThat(settled.at("/status/conditions").get(1))
        .isEqualTo(json("{'lastTransitionTime':'2026-01-01T00:00:00Z','message':"
            + "'the initial names have been accepted','reason':'InitialNamesAccepted','status':'True',"
            + "'type':'Established'}"));
    ObjectNode again = DefinitionStatus.settle(settled, List.of(settled), LATER);
    assertThat(DefinitionStatus.changed(settled, again)).isFalse();
  }

  @Test
  void aNameThatAnotherDefinitionHasIsNotAcceptedUntilItIsFree() {
    ObjectNode other = json(
        "{'metadata':{'name':'things.example.com'},'spec':{'group':'example.com'},"
            + "'status':{'acceptedNames':{'plural':'things','shortNames':['wd'],'kind':'Thing','listKind':'WidgetList'}}}");
    ObjectNode settled = DefinitionStatus.settle(Widgets.sent(), List.of(other), LATER);
    assertThat(condition(settled, "NamesAccepted"))
        .isEqualTo("False ListKindConflict \"WidgetList\" is already in use");
    assertThat(condition(settled, "Established"))
        .isEqualTo("False NotAccepted not all names are accepted");
    assertThat(settled.at("/status/acceptedNames"))
        .isEqualTo(
            json("{'plural':'widgets','kind':'Widget','singular':'widget','categories':['all']}"));
    assertThat(DefinitionStatus.isEstablished(DefinitionStatus.settle(settled, List.of(), LATER)))
        .isTrue();
    ((ObjectNode) other.get("spec")).put("group", "other.com");
    assertThat(DefinitionStatus.isEstablished(
            DefinitionStatus.settle(Widgets.sent(), List.of(other), LATER)))
        .isTrue();
  }

  @Test
  void anEstablishedDefinitionStaysSoWhenANewNameIsTaken() {
    ObjectNode definition = Widgets.established();
    ((ArrayNode) definition.at("/spec/names/shortNames")).add("th");
    ObjectNode other =
        json("{'metadata':{'name':'things.example.com'},'spec':{'group':'example.com'},"
            + "'status':{'acceptedNames':{'plural':'things','singular':'th','kind':'Thing'}}}");
    ObjectNode settled = DefinitionStatus.settle(definition, List.of(other), LATER);
    assertThat(condition(settled, "NamesAccepted"))
        .isEqualTo("False ShortNamesConflict \"th\" is already in use");
    assertThat(DefinitionStatus.isEstablished(settled)).isTrue();
    assertThat(settled.at("/status/acceptedNames/shortNames")).hasSize(1);
  }

  @Test
  void protectedGroupsTellWhoApprovedOfThem() {
    ObjectNode definition = Widgets.sent();
    ((ObjectNode) definition.get("spec")).put("group", "foo.k8s.io");
    ObjectNode annotations = ((ObjectNode) definition.get("metadata")).putObject("annotations");
    annotations.put("api-approved.kubernetes.io", "https://github.com/x");
    assertThat(Definitions.validate(definition)).isEmpty();
    assertThat(condition(
            DefinitionStatus.settle(definition, List.of(), LATER),
            "KubernetesAPIApprovalPolicyConformant"))
        .isEqualTo("True ApprovedAnnotation approved in https://github.com/x");
    annotations.put("api-approved.kubernetes.io", "no");
    assertThat(Definitions.validate(definition))
        .singleElement()
        .asString()
        .startsWith("metadata.annotations[api-approved.kubernetes.io]: Invalid value: \"no\"");
    // What was wrong before may stay.
    assertThat(Definitions.validateUpdate(definition, definition)).isEmpty();
  }

  @Test
  void schemasThatAreNotStructuralAreTold() {
    ObjectNode definition = Widgets.established();
    ((ObjectNode) definition.at("/spec/versions/1/schema/openAPIV3Schema/properties/spec"))
        .remove("type");
    ObjectNode settled = DefinitionStatus.settle(definition, List.of(), LATER);
    assertThat(condition(settled, "NonStructuralSchema"))
        .isEqualTo(
            "True Violations spec.versions[1].schema.openAPIV3Schema.properties[spec].type: Required value: "
                + "must not be empty for specified object fields");
    ((ObjectNode) settled.at("/spec/versions/1/schema/openAPIV3Schema/properties/spec"))
        .put("type", "object");
    assertThat(condition(DefinitionStatus.settle(settled, List.of(), LATER), "NonStructuralSchema"))
        .isEmpty();
  }

  @Test
  void whatObjectsAreStoredUnderNeverChanges() {
    ObjectNode old = Widgets.established();
    ObjectNode now = old.deepCopy();
    ((ObjectNode) now.get("spec")).put("scope", "Cluster").put("group", "other.com");
    ((ObjectNode) now.at("/spec/names")).put("kind", "Gadget").put("plural", "gadgets");
    assertThat(Definitions.validateUpdate(now, old).stream().map(Object::toString))
        .containsExactly(
            "spec.scope: Invalid value: \"Cluster\": field is immutable",
            "spec.names.kind: Invalid value: \"Gadget\": field is immutable",
            "spec.group: Invalid value: \"other.com\": field is immutable",
            "spec.names.plural: Invalid value: \"gadgets\": field is immutable");
    // Nothing was stored as long as it was not established.
    assertThat(Definitions.validateUpdate(now, Widgets.sent())).hasSize(2);
  }

  @Test
  void aVersionThatObjectsMayBeStoredInCannotGo() {
    ObjectNode old = Widgets.established();
    ObjectNode now = old.deepCopy();
    ((ArrayNode) now.at("/spec/versions")).remove(2);
    ((ObjectNode) now.at("/spec/versions/1")).put("storage", true);
    Definitions.prepareForUpdate(now, old);
    assertThat(now.at("/status/storedVersions")).hasToString("[\"v1\",\"v1beta1\"]");
    assertThat(now.at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(Definitions.validateUpdate(now, old))
        .hasToString(
            "[status.storedVersions[0]: Invalid value: \"v1\": missing from spec.versions; v1 was"
                + " previously a storage version, and must remain in spec.versions until a storage migration"
                + " ensures no data remains persisted in v1 and removes v1 from status.storedVersions]");
  }

  @Test
  void aStatusUpdateLeavesTheSpecAlone() {
    ObjectNode old = Widgets.established();
    ObjectNode now = old.deepCopy();
    ((ObjectNode) now.get("spec")).put("scope", "Cluster");
    ((ObjectNode) now.get("status")).putArray("storedVersions").add("v1").add("v0");
    Definitions.prepareForStatusUpdate(now, old);
    assertThat(now.get("spec")).isEqualTo(old.get("spec"));
    assertThat(now.at("/status/storedVersions")).hasSize(2);
    assertThat(Definitions.validateStatusUpdate(now)).isEmpty();
  }

  @Test
  void whatIsWrongInAStoredDefinitionMayStay() {
    ObjectNode old = Widgets.established();
    ((ObjectNode) old.at(
            "/spec/versions/2/schema/openAPIV3Schema/properties/spec/properties/parts/items"))
        .remove("required");
    assertThat(Definitions.validate(old)).hasSize(1);
    assertThat(Definitions.validateUpdate(old, old)).isEmpty();
  }

  @Test
  void conversionByWebhookIsRefusedWhereItWouldBeNeeded() {
    ObjectNode definition = Widgets.sent();
    ((ObjectNode) definition.get("spec"))
        .set(
            "conversion",
            json("{'strategy':'Webhook','webhook':{'clientConfig':{'url':'https://a/b'},"
                + "'conversionReviewVersions':['v1']}}"));
    assertThat(Definitions.validate(definition))
        .hasToString(
            "[spec.conversion.strategy: Forbidden: conversion by a webhook is not supported by this server]");
    ((ArrayNode) definition.at("/spec/versions")).remove(0);
    ((ArrayNode) definition.at("/spec/versions")).remove(0);
    assertThat(Definitions.validate(definition)).isEmpty();
  }

  @Test
  void unknownFormatsAreWarnedOfOnce() {
    ObjectNode definition = Widgets.sent();
    ((ObjectNode) definition.at(
            "/spec/versions/2/schema/openAPIV3Schema/properties/spec/properties/color"))
        .put("format", "colour");
    assertThat(Definitions.warnings(definition, null))
        .containsExactly("unrecognized format \"colour\"");
    assertThat(Definitions.warnings(definition, definition)).isEmpty();
  }

  @Test
  void schemasHaveAnEnd() {
    ObjectNode definition = Widgets.sent();
    ObjectNode schema = (ObjectNode) definition.at("/spec/versions/1/schema/openAPIV3Schema");
    for (int i = 0; i < 300; i++) {
      schema = schema.put("type", "object").putObject("properties").putObject("a");
    }
    schema.put("type", "string");
    assertThat(Definitions.validate(definition))
        .singleElement()
        .asString()
        .endsWith("Forbidden: must not be nested more than 256 levels deep");
  }

  @Test
  void terminationIsToldStepByStep() {
    ObjectNode pending =
        DefinitionStatus.terminating(Widgets.established(), Termination.PENDING, LATER);
    assertThat(DefinitionStatus.isTerminating(pending)).isTrue();
    ObjectNode done = DefinitionStatus.terminating(pending, Termination.COMPLETED, LATER);
    assertThat(condition(done, "Terminating"))
        .isEqualTo("False InstanceDeletionCompleted removed all instances");
  }

  private static String condition(JsonNode definition, String type) {
    for (JsonNode each : definition.at("/status/conditions")) {
      if (each.get("type").asText().equals(type)) {
        return each.get("status").asText() + " " + each.get("reason").asText() + " "
            + each.get("message").asText();
      }
    }
    return "";
  }
}
