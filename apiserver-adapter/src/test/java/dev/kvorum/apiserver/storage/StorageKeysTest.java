package dev.kvorum.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageKeysTest {
  @ParameterizedTest
  @CsvSource({
    "'', pods, /registry/pods/",
    "apps, deployments, /registry/deployments/",
    "'', services, /registry/services/specs/",
    "'', endpoints, /registry/services/endpoints/",
    "'', nodes, /registry/minions/",
    "'', replicationcontrollers, /registry/controllers/",
    "networking.k8s.io, ingresses, /registry/ingress/",
    "events.k8s.io, events, /registry/events/",
    "'', events, /registry/events/",
    "apiextensions.k8s.io, customresourcedefinitions, /registry/apiextensions.k8s.io/customresourcedefinitions/",
    "apiregistration.k8s.io, apiservices, /registry/apiregistration.k8s.io/apiservices/"
  })
  void builtInResourcesAreWhereAKubeApiserverLooksForThem(
      String group, String resource, String prefix) {
    assertThat(StorageKeys.builtIn(new GroupResource(group, resource)).prefix()).isEqualTo(prefix);
  }

  @Test
  void aDefinedResourceIsBelowItsGroup() {
    StorageKeys widgets = StorageKeys.custom(new GroupResource("example.com", "widgets"));

    assertThat(widgets.key("ns", "a")).isEqualTo(Bytes.utf8("/registry/example.com/widgets/ns/a"));
    assertThat(widgets.key("", "a")).isEqualTo(Bytes.utf8("/registry/example.com/widgets/a"));
    KeyRange ofNamespace = widgets.range("ns");
    assertThat(ofNamespace.contains(widgets.key("ns", "a"))).isTrue();
    assertThat(ofNamespace.contains(widgets.key("ns2", "a"))).isFalse();
    assertThat(widgets.range("").contains(widgets.key("ns2", "a"))).isTrue();
  }
}
