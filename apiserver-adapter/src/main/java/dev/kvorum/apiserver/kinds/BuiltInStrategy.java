package dev.kvorum.apiserver.kinds;

import dev.kvorum.apiserver.registry.Strategy;
import dev.kvorum.apiserver.schema.GroupResource;

/** Of a kind about which there is nothing more to say than its facts. */
class BuiltInStrategy implements Strategy {
  private final Traits traits;
  private final NameRule nameRule;

  BuiltInStrategy(GroupResource resource) {
    traits = KindTraits.of(resource);
    nameRule = KindTraits.nameRule(resource);
  }

  @Override
  public final Traits traits() {
    return traits;
  }

  @Override
  public final NameRule nameRule() {
    return nameRule;
  }
}
