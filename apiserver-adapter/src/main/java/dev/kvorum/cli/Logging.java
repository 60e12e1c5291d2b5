package dev.kvorum.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The one place that knows which logging library is behind SLF4J. */
final class Logging {
  private static final String PATTERN =
      "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\",UTC} %-5level %logger{0} %msg%n%ex";

  private Logging() {}

  /**
   * Lets what libraries say to {@code java.util.logging} appear among the other lines: gRPC's, also the one inside Ratis.
   * To be called before anything else logs.
   */
  static void takeOverFromJdk() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /** Sets where, how and how much this program's own code logs; libraries stay at their own level. */
  static void configure(LogOptions options) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      Logger log = LoggerFactory.getLogger(Logging.class);
      log.warn("the logging library cannot be configured; --log-... flags are ignored");
      return;
    }
    context.getLogger("dev.kvorum").setLevel(Level.toLevel(options.level(), Level.INFO));
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    for (String output : options.outputs()) {
      root.addAppender(appender(context, options, output));
    }
  }

  private static Appender<ILoggingEvent> appender(
      LoggerContext context, LogOptions options, String output) {
    if (output.equals("stderr") || output.equals("stdout")) {
      ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
      console.setTarget(output.equals("stderr") ? "System.err" : "System.out");
      console.setContext(context);
      console.setName(output);
      console.setEncoder(encoder(context, options.json()));
      console.start();
      return console;
    }
    LogOptions.Rotation rotation = options.rotation();
    FileAppender<ILoggingEvent> file =
        rotation == null ? new FileAppender<>() : rolling(context, output, rotation);
    file.setContext(context);
    file.setName(output);
    file.setFile(output);
    file.setAppend(true);
    file.setEncoder(encoder(context, options.json()));
    if (file instanceof RollingFileAppender<ILoggingEvent> rolls) {
      rolls.getRollingPolicy().start();
    }
    file.start();
    if (!file.isStarted()) {
      throw new UsageException("--log-outputs: cannot write to " + output);
    }
    return file;
  }

  private static RollingFileAppender<ILoggingEvent> rolling(
      LoggerContext context, String output, LogOptions.Rotation rotation) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
    policy.setContext(context);
    policy.setParent(appender);
    policy.setFileNamePattern(output + "-%d{yyyy-MM-dd}.%i" + (rotation.compress() ? ".gz" : ""));
    policy.setMaxFileSize(new FileSize(rotation.maxMegabytes() * FileSize.MB_COEFFICIENT));
    // The library counts days, of which each has one file or more.
    policy.setMaxHistory(rotation.maxDays());
    if (rotation.maxFiles() > 0) {
      policy.setTotalSizeCap(new FileSize(
          (long) rotation.maxFiles() * rotation.maxMegabytes() * FileSize.MB_COEFFICIENT));
      policy.setMaxHistory(Math.max(rotation.maxDays(), rotation.maxDays() == 0 ? 3650 : 0));
    }
    appender.setRollingPolicy(policy);
    return appender;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, boolean json) {
    if (json) {
      JsonLines layout = new JsonLines();
      layout.setContext(context);
      layout.start();
      LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
      encoder.setContext(context);
      encoder.setCharset(StandardCharsets.UTF_8);
      encoder.setLayout(layout);
      encoder.start();
      return encoder;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }
}
