package dev.kvorum.apiserver.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus.Termination;
import dev.kvorum.apiserver.crd.definition.Definitions;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.Subresource;
import dev.kvorum.apiserver.table.PrinterColumn;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrdDefinitionTest {
  private final CrdDefinition widgets = CrdDefinition.of(Widgets.established());

  @Test
  void theSampleIsValid() {
    assertThat(Definitions.validate(Widgets.sent())).isEmpty();
  }

  @Test
  void discoveryShowsTheServedVersionsOfAnEstablishedDefinitionPreferredFirst() {
    assertThat(widgets.apiVersions())
        .extracting(each -> each.groupVersion().toString())
        .containsExactly("example.com/v1", "example.com/v1beta1");
    assertThat(CrdDefinition.of(Widgets.sent()).apiVersions()).isEmpty();
  }

  @Test
  void aResourceHasTheAcceptedNamesAndTheSubresourcesOfItsVersion() {
    ResourceType v1 = widgets.resourceType(widgets.stored());
    assertThat(v1.name()).isEqualTo("widgets");
    assertThat(v1.singular()).isEqualTo("widget");
    assertThat(v1.listKind()).isEqualTo("WidgetList");
    assertThat(v1.namespaced()).isTrue();
    assertThat(v1.shortNames()).containsExactly("wd");
    assertThat(v1.categories()).containsExactly("all");
    assertThat(v1.verbs()).contains("create").hasSize(8);
    assertThat(v1.storedAs()).hasToString("example.com/v1");
    assertThat(v1.subresources())
        .extracting(Subresource::name, each -> each.kind().toString())
        .containsExactly(
            tuple("status", "example.com/v1, Kind=Widget"),
            tuple("scale", "autoscaling/v1, Kind=Scale"));
    CrdVersion beta = widgets.served("v1beta1");
    assertThat(beta).isNotNull();
    assertThat(widgets.resourceType(beta).subresources()).isEmpty();
    assertThat(widgets.served("v1alpha1")).isNull();
  }

  @Test
  void clientsOfADeprecatedVersionAreToldTheBestServedOne() {
    CrdVersion beta = widgets.served("v1beta1");
    assertThat(beta).isNotNull();
    assertThat(beta.warning())
        .isEqualTo("example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget");
    assertThat(widgets.stored().warning()).isNull();
  }

  @Test
  void nothingIsCreatedWhileTheDefinitionIsTerminating() {
    ObjectNode terminating =
        DefinitionStatus.terminating(Widgets.established(), Termination.PENDING, Instant.EPOCH);
    CrdDefinition definition = CrdDefinition.of(terminating);
    assertThat(definition.terminating()).isTrue();
    assertThat(definition.resourceType(definition.stored()).verbs())
        .containsExactly("delete", "deletecollection", "get", "list", "watch");
  }

  @Test
  void columnsAndSelectablePathsAreThoseOfTheVersion() {
    assertThat(widgets.stored().columns())
        .containsExactly(new PrinterColumn("Color", "string", "", "", 0, ".spec.color"));
    assertThat(widgets.stored().resource().selectablePaths())
        .containsExactly(".spec.color", ".spec.replicas");
  }

  @Test
  void versionsAreOrderedAsClientsPreferThem() {
    assertThat(Stream.of(
                "foo1", "v1alpha1", "v11beta2", "v10", "v2", "v3beta1", "v1", "foo10", "v11alpha2")
            .sorted(VersionOrder.PREFERRED_FIRST))
        .isEqualTo(List.of(
            "v10", "v2", "v1", "v11beta2", "v3beta1", "v11alpha2", "v1alpha1", "foo1", "foo10"));
  }
}
