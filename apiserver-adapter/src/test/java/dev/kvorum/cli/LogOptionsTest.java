package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogOptionsTest {
  private static final Logger log = LoggerFactory.getLogger("dev.kvorum.cli.Example");

  @TempDir
  private Path directory;

  private static LogOptions options(String... arguments) {
    return LogOptions.of(
        FlagValues.parse(List.of(arguments), Map.of(), FlagValues.UnknownFlags.REFUSE));
  }

  @AfterEach
  void backToTheDefault() {
    Logging.configure(options());
  }

  @Test
  void linesOfJsonGoToAFile() throws IOException {
    Path file = directory.resolve("log");
    Logging.configure(options("--log-outputs=" + file, "--log-format=json", "--log-level=debug"));

    log.debug("a \"quoted\"\nline");
    log.error("failed", new IllegalStateException("why"));

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    JsonNode first = new JsonMapper().readTree(lines.get(0));
    assertThat(first.get("level").asText()).isEqualTo("debug");
    assertThat(first.get("caller").asText()).isEqualTo("Example");
    assertThat(first.get("msg").asText()).isEqualTo("a \"quoted\"\nline");
    assertThat(first.get("ts").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    assertThat(new JsonMapper().readTree(lines.get(1)).get("error").asText())
        .contains("IllegalStateException: why");
  }

  @Test
  void theLevelCounts() throws IOException {
    Path file = directory.resolve("log");
    Logging.configure(options("--log-outputs=" + file, "--log-level=warn"));

    log.info("not this");
    log.warn("this");

    assertThat(Files.readAllLines(file)).singleElement().asString().contains("WARN", "this");
  }

  @Test
  void aLargeFileIsRotated() throws IOException {
    Path file = directory.resolve("log");
    Logging.configure(options(
        "--log-outputs=" + file,
        "--enable-log-rotation",
        "--log-rotation-config-json={\"maxsize\": 1, \"maxbackups\": 5}"));
    String line = "x".repeat(64 << 10);
    long end = System.nanoTime() + 60_000_000_000L;

    // How large the file is, the library looks at now and then only.
    while (files() < 2) {
      assertThat(System.nanoTime()).isLessThan(end);
      log.info(line);
    }
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    for (String bad : List.of(
        "--log-level=loud",
        "--log-format=xml",
        "--logger=capnslog",
        "--log-outputs=systemd/journal",
        "--enable-log-rotation")) {
      assertThatThrownBy(() -> options(bad)).as(bad).isInstanceOf(UsageException.class);
    }
    assertThatThrownBy(() ->
            options("--enable-log-rotation", "--log-outputs=a", "--log-rotation-config-json={"))
        .hasMessageContaining("improperly formatted");
  }

  @Test
  void featureGatesAreChecked() {
    FlagValues flags = FlagValues.parse(
        List.of("--feature-gates=InitialCorruptCheck=true,CompactHashCheck=false"),
        Map.of(),
        FlagValues.UnknownFlags.REFUSE);
    FeatureGates.check(flags);
    assertThat(flags.warnings()).singleElement().asString().contains("InitialCorruptCheck");
    for (String bad : List.of("Nonsense=true", "InitialCorruptCheck", "InitialCorruptCheck=x")) {
      assertThatThrownBy(() -> FeatureGates.check(FlagValues.parse(
              List.of("--feature-gates=" + bad), Map.of(), FlagValues.UnknownFlags.REFUSE)))
          .as(bad)
          .isInstanceOf(UsageException.class);
    }
  }
}
