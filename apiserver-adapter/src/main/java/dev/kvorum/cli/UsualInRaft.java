package dev.kvorum.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Leaves out a warning that warns of nothing: that a follower does not have the entry before the one it was sent, and from
 * where it wants them. A new leader begins with a guess, so this is how Raft finds the place at every start and every
 * change of the leader. The same class also says when a follower cannot be reached, which has to stay; so it is told by
 * its words.
 */
public final class UsualInRaft extends TurboFilter {
  private static final String LOGGER = "org.apache.ratis.grpc.server.GrpcLogAppender";
  private static final String INCONSISTENCY = "{}: received {} reply with nextIndex ";

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] arguments,
      @Nullable Throwable cause) {
    return format != null
            && format.startsWith(INCONSISTENCY)
            && logger.getName().equals(LOGGER)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
