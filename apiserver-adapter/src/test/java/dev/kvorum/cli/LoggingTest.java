package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URL;
import java.util.List;
import java.util.Objects;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** What of the libraries' words reaches the log, as the program is configured. */
class LoggingTest {
  private static final String APPENDER = "org.apache.ratis.grpc.server.GrpcLogAppender";

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void configure() throws Exception {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    URL file = Objects.requireNonNull(Logging.class.getResource("/logback.xml"));
    configurator.doConfigure(file);
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(log);
    log.start();
    Logging.takeOverFromJdk();
  }

  @AfterEach
  void giveBack() throws Exception {
    SLF4JBridgeHandler.uninstall();
    LogManager.getLogManager().readConfiguration();
    ((LoggerContext) LoggerFactory.getILoggerFactory())
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .detachAppender(log);
  }

  private List<String> lines() {
    return log.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  @Test
  void whatLibrariesSayToTheJdkIsInTheSameLog() {
    java.util.logging.Logger.getLogger("io.grpc.internal.ServerImpl").warning("a warning");
    java.util.logging.Logger.getLogger("io.grpc.internal.ServerImpl").info("a detail");
    java.util.logging.Logger.getLogger("org.apache.ratis.thirdparty.io.grpc.netty.TcpMetrics")
        .info("Epoll available");
    java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerHandler")
        .log(java.util.logging.Level.WARNING, "Stream Error");

    assertThat(lines()).containsExactly("WARN a warning");
  }

  @Test
  void aFollowerThatIsBehindIsUsualAndOneThatCannotBeReachedIsNot() {
    Logger appender = LoggerFactory.getLogger(APPENDER);

    appender.warn(
        "{}: received {} reply with nextIndex {}, errorCount={}, request={} {}",
        "m1",
        "INCONSISTENCY",
        0,
        1,
        null,
        "");
    appender.warn("{}: Failed appendEntries", "m1");

    assertThat(lines()).containsExactly("WARN m1: Failed appendEntries");
  }
}
