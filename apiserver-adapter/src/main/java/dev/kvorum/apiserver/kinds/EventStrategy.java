package dev.kvorum.apiserver.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupResource;
import java.time.Duration;

/** Events are forgotten by themselves. */
final class EventStrategy extends BuiltInStrategy {
  private static final Duration KEPT = Duration.ofHours(1);

  EventStrategy(GroupResource resource) {
    super(resource);
  }

  @Override
  public long timeToLiveSeconds(ObjectNode object) {
    return KEPT.toSeconds();
  }
}
