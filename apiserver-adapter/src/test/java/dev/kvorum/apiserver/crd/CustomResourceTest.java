package dev.kvorum.apiserver.crd;

import static dev.kvorum.apiserver.crd.Widgets.json;
import static dev.kvorum.apiserver.crd.Widgets.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.apply.ApplyConflict;
import dev.kvorum.apiserver.apply.ApplyException;
import dev.kvorum.apiserver.apply.FieldManager;
import dev.kvorum.apiserver.crd.CustomResource.Decoded;
import dev.kvorum.apiserver.crd.ObjectPath.WrongType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CustomResourceTest {
  private final CustomResource widgets = Widgets.v1();

  @Test
  void decodingTellsWhatItDropsEvenInMetadata() {
    ObjectNode object =
        widget("{'color':'red','nope':1,'free':{'kept':1},'pod':{'metadata':{'bad':1}}}");
    ((ObjectNode) object.get("metadata"))
        .put("creationTimestamp", (String) null)
        .put("bogus", 1);
    Decoded decoded = widgets.decode(object);
    assertThat(decoded)
        .isEqualTo(
            new Decoded(List.of("metadata.bogus", "spec.nope", "spec.pod.metadata.bad"), null));
    assertThat(object)
        .isEqualTo(widget("{'color':'red','free':{'kept':1},'pod':{'metadata':{}},'replicas':1}"));
  }

  @Test
  void metadataOfAWrongTypeIsRefusedFromClientsAndDroppedFromTheStore() {
    ObjectNode object = widget("{'color':'red'}");
    ((ObjectNode) object.get("metadata")).putObject("labels").put("a", 1);
    assertThat(widgets.decode(object.deepCopy()).error())
        .isEqualTo(
            "json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string");
    widgets.read(object);
    assertThat(object.get("metadata"))
        .isEqualTo(json("{'name':'a','namespace':'n','generation':1}"));
  }

  @Test
  void whatWasStoredIsReadBySchemaAndVersionOfTheDay() {
    ObjectNode stored = widget("{'color':'red','gone':1}").put("apiVersion", "example.com/v1beta1");
    widgets.read(stored);
    assertThat(stored.get("apiVersion").asText()).isEqualTo("example.com/v1");
    assertThat(stored.get("spec")).isEqualTo(json("{'color':'red','replicas':1}"));
  }

  @Test
  void theMainPathDoesNotChangeTheStatusAndTheStatusPathNothingElse() {
    ObjectNode old = widget("{'color':'red'}").set("status", json("{'phase':'old'}"));
    ObjectNode sent = widget("{'color':'green'}").set("status", json("{'phase':'new'}"));
    ((ObjectNode) sent.get("metadata")).putArray("managedFields").addObject().put("manager", "m");

    ObjectNode status = widgets.onlyStatus(sent, old);
    assertThat(status.get("spec")).isEqualTo(old.get("spec"));
    assertThat(status.get("status")).isEqualTo(sent.get("status"));
    assertThat(status.at("/metadata/managedFields")).isEqualTo(sent.at("/metadata/managedFields"));

    widgets.keepStatus(sent, old);
    assertThat(sent.get("status")).isEqualTo(old.get("status"));
    widgets.keepStatus(sent, null);
    assertThat(sent.has("status")).isFalse();
  }

  @Test
  void anotherKindIsToldAlone() {
    ObjectNode gadget = widget("{}").put("kind", "Gadget");
    assertThat(widgets.validate(gadget))
        .hasToString("[kind: Invalid value: \"Gadget\": must be Widget]");
  }

  @Test
  void whatHasNotChangedIsNotToldOnUpdate() {
    ObjectNode old = widget("{'color':'blue','parts':[{'id':'a','size':11},{'id':'b','size':1}]}");
    assertThat(widgets.validate(old)).hasSize(2);
    ObjectNode now = widget(
        "{'color':'blue','replicas':-1,'parts':[{'id':'b','size':12},{'id':'a','size':11}]}");
    assertThat(widgets.validateUpdate(now, old).stream().map(Object::toString))
        .containsExactly(
            "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0",
            "spec.parts[0].size: Invalid value: 12: spec.parts[0].size in body should be less than or equal to 10",
            ".spec.replicas: Invalid value: -1: should be a non-negative integer");
  }

  @Test
  void duplicatesThatWereThereMayStay() {
    ObjectNode old = widget("{'color':'red','tags':['x','x']}");
    ObjectNode now = widget("{'color':'red','tags':['x','x','y']}");
    assertThat(widgets.validate(now)).hasToString("[spec.tags[1]: Duplicate value: \"x\"]");
    assertThat(widgets.validateUpdate(now, old)).isEmpty();
    assertThat(widgets.validateUpdate(now, widget("{'color':'red'}"))).hasSize(1);
  }

  @Test
  void aStatusIsToldByPathsWithinIt() {
    ObjectNode old = widget("{'color':'blue'}");
    ObjectNode now = widget("{'color':'blue'}").set("status", json("{'replicas':'x'}"));
    assertThat(widgets.validateStatusUpdate(now, old).stream().map(Object::toString))
        .containsExactly(
            "status.replicas: Invalid value: \"string\": replicas in body must be of type integer: \"string\"",
            ".status.replicas: Invalid value: 0: .status.replicas accessor error: x is of the type string, expected int64");
  }

  @Test
  void scaleIsReadAndWrittenThroughItsPaths() throws WrongType {
    ScalePaths scale = Objects.requireNonNull(widgets.scale());
    ObjectNode object =
        widget("{'color':'red'}").set("status", json("{'replicas':2,'selector':'a=b'}"));
    assertThat(scale.hasWanted(object)).isFalse();
    scale.write(object, 5);
    assertThat(object.at("/spec/replicas").asInt()).isEqualTo(5);
    assertThat(scale.read(object))
        .isEqualTo(json(
            "{'kind':'Scale','apiVersion':'autoscaling/v1','metadata':{'name':'a','namespace':'n'},"
                + "'spec':{'replicas':5},'status':{'replicas':2,'selector':'a=b'}}"));
    ObjectNode broken = widget("'x'");
    assertThatThrownBy(() -> scale.read(broken))
        .isInstanceOf(WrongType.class)
        .hasMessage(
            ".spec.replicas accessor error: x is of the type string, expected map[string]interface {}");
  }

  @Test
  void selectableFieldsAreTextAndEmptyIfMissing() {
    assertThat(widgets.selectableFields(widget("{'replicas':3}")))
        .isEqualTo(Map.of("spec.color", "", "spec.replicas", "3"));
  }

  @Test
  void serverSideApplyMergesByTheSchema() throws ApplyException, ApplyConflict {
    FieldManager manager = new FieldManager(
        widgets.kind(),
        CrdDefinition.of(Widgets.established()).applyVersions(),
        "",
        List.of("status"));
    ObjectNode live = apply(
        manager,
        json("{}"),
        "one",
        "{'parts':[{'id':'a','size':1}],'tags':['x'],"
            + "'free':{'k':{'l':1}},'any':{'m':1},'labels':{'p':'1'},'port':'http'}");
    ObjectNode both = apply(
        manager,
        live,
        "two",
        "{'parts':[{'id':'b','size':2}],'tags':['y'],"
            + "'free':{'k':{'n':2}},'any':{'o':2},'labels':{'q':'2'}}");
    assertThat(both.get("spec"))
        .isEqualTo(
            json(
                "{'parts':[{'id':'a','size':1},{'id':'b','size':2}],'tags':['x','y'],"
                    + "'free':{'k':{'l':1,'n':2}},'any':{'m':1,'o':2},'labels':{'p':'1','q':'2'},'port':'http'}"));
    assertThatThrownBy(() -> apply(manager, both, "two", "{'nope':1}"))
        .isInstanceOf(ApplyException.class)
        .hasMessageContaining(".spec.nope: field not declared in schema");
  }

  private static ObjectNode apply(FieldManager manager, ObjectNode live, String who, String spec)
      throws ApplyException, ApplyConflict {
    return manager.apply(live, widget(spec), who, false, Instant.EPOCH).object();
  }
}
