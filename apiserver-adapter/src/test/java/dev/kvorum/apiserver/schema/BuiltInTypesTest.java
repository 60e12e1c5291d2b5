package dev.kvorum.apiserver.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.schema.ListType.Identity;
import dev.kvorum.apiserver.schema.PatchRule.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The figures are those of what Kubernetes 1.36.3 publishes. */
class BuiltInTypesTest {
  private static final BuiltInTypes TYPES = BuiltInTypes.get();
  private static final String CORE = "io.k8s.api.core.v1.";
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

  /** Types that the tables know by a word and that have no fields. */
  private static final int SPECIAL_DEFINITIONS = 10;

  /** A rule for lists is published for the bundle of certificates of an APIService, which is a string in JSON. */
  private static final int LISTS_THAT_ARE_BYTES = 1;

  @Test
  void everyPublishedDefinitionIsThere() {
    assertThat(published()).hasSize(771 - SPECIAL_DEFINITIONS);
    assertThat(published().stream().filter(BuiltInTypesTest::isKind)).hasSize(193);
  }

  @Test
  void everyPublishedRuleIsThere() {
    assertThat(count(
            field -> field.type() instanceof ListType list && list.merging().declared()))
        .isEqualTo(407 - LISTS_THAT_ARE_BYTES);
    assertThat(count(field -> field.type() instanceof ListType list
            && list.merging().declared()
            && list.merging().identity() == Identity.MAP))
        .isEqualTo(80);
    assertThat(count(field -> field.patch() != null)).isEqualTo(72);
    assertThat(count(field -> field.patch() != null && field.patch().mergeKey() != null))
        .isEqualTo(68);
    assertThat(published().stream()
                .filter(type -> type.merging() == MapMerging.ATOMIC)
                .count()
            + count(field ->
                field.type() instanceof MapType map && map.merging() != MapMerging.UNDECLARED)
            + count(field ->
                field.type() instanceof ObjectType type && type.merging() == MapMerging.GRANULAR))
        .isEqualTo(42);
    assertThat(published().stream().filter(type -> !type.unions().isEmpty())).hasSize(8);
    assertThat(count(Field::required)).isEqualTo(701);
  }

  @Test
  void everyReferenceResolves() {
    Set<String> seen = new TreeSet<>();
    for (TableType type : published()) {
      visit(type, seen);
    }
    assertThat(seen)
        .hasSizeGreaterThanOrEqualTo(771 - SPECIAL_DEFINITIONS)
        .contains(CORE + "PodSpec", META + "ObjectMeta");
  }

  @Test
  void numbersOfAMessageAreUniqueAndAscend() {
    for (TableType type : published()) {
      List<Integer> numbers = type.wire().stream().map(WireMember::number).toList();
      assertThat(numbers).as(type.definition()).doesNotHaveDuplicates().isSorted();
      List<String> names = type.fields().stream().map(Field::name).toList();
      assertThat(names).as(type.definition()).doesNotHaveDuplicates();
    }
  }

  @Test
  void kindsAreFoundByGroupVersionAndKind() {
    assertThat(definition("v1", "Pod")).isEqualTo(CORE + "Pod");
    assertThat(definition("v1", "PodList")).isEqualTo(CORE + "PodList");
    assertThat(definition("apps/v1", "Deployment")).isEqualTo("io.k8s.api.apps.v1.Deployment");
    assertThat(definition("rbac.authorization.k8s.io/v1", "Role"))
        .isEqualTo("io.k8s.api.rbac.v1.Role");
    assertThat(definition("apiextensions.k8s.io/v1", "CustomResourceDefinition"))
        .isEqualTo(
            "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition");
    assertThat(definition("v1", "Status")).isEqualTo(META + "Status");
    assertThat(definition("apps/v1", "DeleteOptions")).isEqualTo(META + "DeleteOptions");
    assertThat(definition("meta.k8s.io/v1", "DeleteOptions")).isEqualTo(META + "DeleteOptions");
    assertThat(definition("meta.k8s.io/v1", "PartialObjectMetadataList"))
        .isEqualTo(META + "PartialObjectMetadataList");
    for (List<String> none : List.of(
        List.of("v1", "Deployment"),
        List.of("apps/v1", "Status"),
        List.of("v1", "PodSpec"),
        List.of("v1", "PartialObjectMetadata"),
        List.of("example.com/v1", "Widget"),
        List.of("", ""))) {
      assertThat(TYPES.find(GroupVersionKind.of(none.get(0), none.get(1))))
          .as(none.toString())
          .isNull();
    }
  }

  @Test
  void keysOfElementsHaveTheirDefaults() {
    assertThat(field(CORE + "ContainerPort", "protocol").defaultValue()).hasToString("\"TCP\"");
    assertThat(field(CORE + "ServicePort", "protocol").defaultValue()).hasToString("\"TCP\"");
    assertThat(field(CORE + "ContainerPort", "containerPort").defaultValue()).hasToString("0");
    assertThat(field(CORE + "EnvVar", "name").defaultValue()).hasToString("\"\"");
    assertThat(field(CORE + "Container", "image").defaultValue()).isNull();
  }

  @Test
  void patchesAndApplyMayMergeAListByDifferentKeys() {
    assertMerging("io.k8s.api.batch.v1.JobStatus", "conditions", "type", Identity.ATOMIC);
    assertMerging(
        CORE + "Container", "ports", "containerPort", Identity.MAP, "containerPort", "protocol");
    assertMerging(
        CORE + "EphemeralContainer",
        "ports",
        "containerPort",
        Identity.MAP,
        "containerPort",
        "protocol");
    assertMerging(
        CORE + "PodSpec",
        "topologySpreadConstraints",
        "topologyKey",
        Identity.MAP,
        "topologyKey",
        "whenUnsatisfiable");
    assertMerging(CORE + "PodStatus", "hostIPs", "ip", Identity.ATOMIC);
    assertMerging(CORE + "ServiceSpec", "ports", "port", Identity.MAP, "port", "protocol");
    assertThat(published().stream()
            .flatMap(type -> type.fields().stream())
            .filter(BuiltInTypesTest::differs)
            .count())
        .isEqualTo(6);
  }

  @Test
  void listsWithoutDeclarationFollowThePatchRule() {
    ListType volumes = (ListType) field(CORE + "PodSpec", "volumes").type();
    assertThat(
            Objects.requireNonNull(field(CORE + "PodSpec", "volumes").patch()).strategies())
        .containsExactly(Strategy.MERGE, Strategy.RETAIN_KEYS);
    assertThat(volumes.merging().keys()).containsExactly("name");
    assertThat(((ListType) field(META + "ObjectMeta", "finalizers").type())
            .merging()
            .identity())
        .isEqualTo(Identity.SET);
    assertThat(Objects.requireNonNull(
                field("io.k8s.api.apps.v1.DeploymentSpec", "strategy").patch())
            .has(Strategy.RETAIN_KEYS))
        .isTrue();
  }

  @Test
  void mapsAndObjectsSayWhoseTheyAre() {
    assertThat(((MapType) field(CORE + "PodSpec", "nodeSelector").type()).merging())
        .isEqualTo(MapMerging.ATOMIC);
    assertThat(((MapType) field(META + "ObjectMeta", "labels").type()).merging())
        .isEqualTo(MapMerging.UNDECLARED);
    ObjectType reference =
        (ObjectType) field(CORE + "PersistentVolumeSpec", "claimRef").type();
    assertThat(reference.merging()).isEqualTo(MapMerging.GRANULAR);
    assertThat(Objects.requireNonNull(TYPES.find(reference.definition())).merging())
        .isEqualTo(MapMerging.ATOMIC);
  }

  @Test
  void pointersTellZeroFromNothing() {
    assertThat(field("io.k8s.api.apps.v1.DeploymentSpec", "replicas").pointer()).isTrue();
    assertThat(field("io.k8s.api.apps.v1.DeploymentSpec", "minReadySeconds").pointer())
        .isFalse();
    assertThat(field(CORE + "PodSpec", "hostNetwork").pointer()).isFalse();
    assertThat(field(CORE + "PodSpec", "automountServiceAccountToken").pointer())
        .isTrue();
    assertThat(
            count(field -> field.pointer() && field.type() instanceof Leaf leaf && isScalar(leaf)))
        .isEqualTo(347);
  }

  @Test
  void embeddedMessagesAreFlat() {
    TableType volume = (TableType) Objects.requireNonNull(TYPES.find(CORE + "Volume"));
    assertThat(volume.field("emptyDir")).isNotNull();
    assertThat(volume.wire()).hasSize(2);
    assertThat(volume.wire().get(1)).isInstanceOf(WireMember.Embedded.class);
    assertThat(field(CORE + "Probe", "httpGet").type()).hasToString(CORE + "HTTPGetAction");
    assertThat(volume.field("volumeSource")).isNull();
  }

  @Test
  void typesThatHoldThemselvesAreThere() {
    ListType allOf = (ListType)
        field("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps", "allOf")
            .type();
    assertThat(((ObjectType) allOf.elements()).field("allOf")).isNotNull();
  }

  private static void assertMerging(
      String type, String name, String patchKey, Identity identity, String... keys) {
    Field field = field(type, name);
    ListType.Merging merging = ((ListType) field.type()).merging();
    assertThat(Objects.requireNonNull(field.patch()).mergeKey()).isEqualTo(patchKey);
    assertThat(merging.identity()).isEqualTo(identity);
    assertThat(merging.keys()).containsExactly(keys);
  }

  private static boolean differs(Field field) {
    return field.patch() != null
        && field.patch().mergeKey() != null
        && field.type() instanceof ListType list
        && !list.merging().keys().equals(List.of(field.patch().mergeKey()));
  }

  private static void visit(Type type, Set<String> seen) {
    switch (type) {
      case Leaf leaf -> assertThat(leaf).isNotNull();
      case ListType list -> visit(list.elements(), seen);
      case MapType map -> visit(map.values(), seen);
      case ObjectType object -> {
        if (seen.add(object.definition())) {
          object.fields().forEach(field -> visit(field.type(), seen));
        }
      }
    }
  }

  private static boolean isScalar(Leaf leaf) {
    return switch (leaf) {
      case STRING, BOOLEAN, INT32, INT64, DOUBLE -> true;
      default -> false;
    };
  }

  private static boolean isKind(TableType type) {
    String name = type.definition().substring(type.definition().lastIndexOf('.') + 1);
    return TYPES
        .table(type.definition().substring(0, type.definition().lastIndexOf('.')))
        .isKind(name);
  }

  private static String definition(String apiVersion, String kind) {
    return Objects.requireNonNull(TYPES.find(GroupVersionKind.of(apiVersion, kind)), kind)
        .definition();
  }

  private static Field field(String type, String name) {
    return Objects.requireNonNull(Objects.requireNonNull(TYPES.find(type), type).field(name), name);
  }

  private static long count(Predicate<Field> predicate) {
    return fields().filter(predicate).count();
  }

  private static Stream<Field> fields() {
    return published().stream().flatMap(type -> type.fields().stream());
  }

  private static List<TableType> published() {
    List<TableType> all = new ArrayList<>();
    for (String name : TYPES.packageNames()) {
      TypeTable table = TYPES.table(name);
      table.names().stream().filter(table::isPublished).map(table::type).forEach(all::add);
    }
    return all;
  }
}
