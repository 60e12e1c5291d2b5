package dev.kvorum.apiserver.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BuiltInResourcesTest {
  private static final ResourceTypes ALL = BuiltInResources.read(EnumSet.allOf(Stability.class));
  private static final ResourceTypes STABLE = BuiltInResources.read(EnumSet.of(Stability.STABLE));

  @Test
  void everyResourceOfDiscoveryIsThere() {
    List<ResourceType> besidesTheCore = ALL.groups().stream()
        .filter(group -> !group.name().isEmpty())
        .flatMap(BuiltInResourcesTest::resources)
        .toList();
    assertThat(besidesTheCore).hasSize(78);
    assertThat(besidesTheCore.stream()
            .mapToInt(resource -> resource.subresources().size())
            .sum())
        .isEqualTo(33);
    assertThat(ALL.groups()).hasSize(23);
    assertThat(ALL.groups().get(0).name()).isEmpty();
    assertThat(resources(ALL.groups().get(0))).hasSize(17);
  }

  @Test
  void everyKindHasAType() {
    for (ApiGroup group : ALL.groups()) {
      resources(group).forEach(resource -> {
        assertThat(BuiltInTypes.get().find(resource.kind()))
            .as(resource.kind().toString())
            .isNotNull();
        if (resource.verbs().contains("list")) {
          GroupVersionKind list = resource.groupVersion().kind(resource.listKind());
          assertThat(BuiltInTypes.get().find(list)).as(list.toString()).isNotNull();
        }
        for (Subresource each : resource.subresources()) {
          boolean options = each.kind().kind().endsWith("Options");
          assertThat(BuiltInTypes.get().find(each.kind()) == null)
              .as(each.toString())
              .isEqualTo(options);
        }
      });
    }
  }

  @Test
  void aResourceSaysWhatDiscoverySaysOfIt() {
    ResourceType deployments = find(STABLE, "apps/v1", "deployments");
    assertThat(deployments.kind()).hasToString("apps/v1, Kind=Deployment");
    assertThat(deployments.singular()).isEqualTo("deployment");
    assertThat(deployments.listKind()).isEqualTo("DeploymentList");
    assertThat(deployments.namespaced()).isTrue();
    assertThat(deployments.shortNames()).containsExactly("deploy");
    assertThat(deployments.categories()).containsExactly("all");
    assertThat(deployments.verbs()).contains("deletecollection", "watch");
    assertThat(deployments.storedAs()).hasToString("apps/v1");
    assertThat(Objects.requireNonNull(deployments.subresource("scale")).kind())
        .hasToString("autoscaling/v1, Kind=Scale");
    assertThat(Objects.requireNonNull(deployments.subresource("status")).verbs())
        .containsExactly("get", "patch", "update");
    assertThat(deployments.subresource("exec")).isNull();
  }

  @Test
  void oddOnesAreAsTheyAre() {
    assertThat(find(STABLE, "v1", "namespaces").verbs()).doesNotContain("deletecollection");
    assertThat(find(STABLE, "v1", "namespaces").namespaced()).isFalse();
    assertThat(find(STABLE, "v1", "bindings").storedAs()).isNull();
    assertThat(find(STABLE, "events.k8s.io/v1", "events").storedAs()).hasToString("v1");
    assertThat(find(STABLE, "autoscaling/v1", "horizontalpodautoscalers").storedAs())
        .hasToString("autoscaling/v2");
    assertThat(
            find(STABLE, "apiextensions.k8s.io/v1", "customresourcedefinitions").shortNames())
        .containsExactly("crd", "crds");
    assertThat(Objects.requireNonNull(find(STABLE, "v1", "pods").subresource("eviction"))
            .kind())
        .hasToString("policy/v1, Kind=Eviction");
  }

  @Test
  void thePreferredVersionIsTheFirst() {
    ApiGroup autoscaling = STABLE.groups().stream()
        .filter(group -> group.name().equals("autoscaling"))
        .findFirst()
        .orElseThrow();
    assertThat(autoscaling.versions())
        .extracting(version -> version.groupVersion().version())
        .containsExactly("v2", "v1");
  }

  @Test
  void versionsThatAreNotWantedAreLeftOut() {
    assertThat(STABLE.has(GroupVersion.parse("resource.k8s.io/v1"))).isTrue();
    assertThat(STABLE.has(GroupVersion.parse("resource.k8s.io/v1beta1"))).isFalse();
    assertThat(STABLE.groups())
        .extracting(ApiGroup::name)
        .doesNotContain("internal.apiserver.k8s.io");
    assertThat(STABLE.find(GroupVersion.parse("resource.k8s.io/v1beta1"), "resourceslices"))
        .isNull();
    assertThat(STABLE.find(GroupVersionKind.of("v1", "Pod"))).isEqualTo(find(STABLE, "v1", "pods"));
  }

  private static ResourceType find(ResourceTypes types, String groupVersion, String plural) {
    return Objects.requireNonNull(types.find(GroupVersion.parse(groupVersion), plural), plural);
  }

  private static java.util.stream.Stream<ResourceType> resources(ApiGroup group) {
    return group.versions().stream().flatMap(version -> version.resources().stream());
  }
}
