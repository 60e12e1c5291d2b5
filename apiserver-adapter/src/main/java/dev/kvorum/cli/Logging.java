package dev.kvorum.cli;

import ch.qos.logback.classic.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that knows which logging library is behind SLF4J. */
final class Logging {
  private Logging() {}

  /** Sets how much this program's own code logs; libraries stay at their own level. */
  static void setLevel(String level) {
    if (LoggerFactory.getLogger("dev.kvorum") instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(Level.toLevel(level, Level.INFO));
    } else {
      Logger log = LoggerFactory.getLogger(Logging.class);
      log.warn("the logging library cannot change levels; --log-level {} is ignored", level);
    }
  }
}
