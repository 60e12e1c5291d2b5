package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlagValuesTest {
  private static FlagValues parse(String... arguments) {
    return FlagValues.parse(List.of(arguments), Map.of(), FlagValues.UnknownFlags.REFUSE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--name=a", "-name=a", "--name a", "-name a"})
  void goSpellingsOfAFlagAreEqual(String line) {
    assertThat(parse(line.split(" ")).text("name")).isEqualTo("a");
  }

  @Test
  void aBooleanDoesNotTakeTheNextWord() {
    FlagValues flags = parse("--strict-reconfig-check", "--name", "a");

    assertThat(flags.text("strict-reconfig-check")).isEqualTo("true");
    assertThat(flags.text("name")).isEqualTo("a");
  }

  @Test
  void theLastOfTwoWins() {
    assertThat(parse("--name=a", "--name=b").text("name")).isEqualTo("b");
  }

  @Test
  void aFlagBeatsOurVariableWhichBeatsEtcds() {
    Map<String, String> environment = Map.of(
        "ETCD_NAME",
        "etcd",
        "KVORUM_NAME",
        "ours",
        "ETCD_DATA_DIR",
        "/etcd",
        "KVORUM_SNAPSHOT_COUNT",
        "7");

    FlagValues flags = FlagValues.parse(
        List.of("--snapshot-count=8"), environment, FlagValues.UnknownFlags.REFUSE);

    assertThat(flags.text("name")).isEqualTo("ours");
    assertThat(flags.text("data-dir")).isEqualTo("/etcd");
    assertThat(flags.integer("snapshot-count", 1, 100)).isEqualTo(8);
  }

  @Test
  void anUnknownFlagIsAnErrorUnlessAskedOtherwise() {
    assertThatThrownBy(() -> parse("--nmae=a"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--nmae");

    FlagValues lenient = FlagValues.parse(
        List.of("--nmae", "a", "--name", "b"), Map.of(), FlagValues.UnknownFlags.IGNORE);

    assertThat(lenient.text("name")).isEqualTo("b");
    assertThat(lenient.warnings()).singleElement().asString().contains("--nmae");
  }

  @Test
  void aWordThatIsNoFlagIsAnError() {
    assertThatThrownBy(() -> parse("name=a"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("name=a");
  }

  @Test
  void aFlagWithoutItsValueIsAnError() {
    assertThatThrownBy(() -> parse("--name"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("needs a value");
  }

  @Test
  void askingForProtectionThatIsNotOfferedIsAnError() {
    assertThatThrownBy(() -> parse("--discovery=https://discovery.example/x"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("refusing to start");
    assertThat(parse("--force-new-cluster=false").warnings()).isEmpty();
  }

  @Test
  void aFlagOfEtcdsWithoutMeaningHereIsAWarning() {
    assertThat(parse("--backend-bbolt-freelist-type=array").warnings())
        .singleElement()
        .asString()
        .contains("backend-bbolt-freelist-type");
  }

  @Test
  void experimentalSpellingsMeanTheSame() {
    assertThat(parse("--experimental-watch-progress-notify-interval=5s")
            .duration("watch-progress-notify-interval"))
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void durationsAreGos() {
    assertThat(parse("--grpc-keepalive-interval=1h30m").duration("grpc-keepalive-interval"))
        .isEqualTo(Duration.ofMinutes(90));
    assertThat(parse("--grpc-keepalive-interval=1.5s").duration("grpc-keepalive-interval"))
        .isEqualTo(Duration.ofMillis(1500));
    assertThatThrownBy(
            () -> parse("--grpc-keepalive-interval=5").duration("grpc-keepalive-interval"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("not a duration");
  }

  @Test
  void numbersAreCheckedAgainstTheirBounds() {
    assertThatThrownBy(() -> parse("--max-txn-ops=x").integer("max-txn-ops", 1, 10))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("not a whole number");
    assertThatThrownBy(() -> parse("--max-txn-ops=0").integer("max-txn-ops", 1, 10))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("between 1 and 10");
  }
}
