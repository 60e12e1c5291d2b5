package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.raft.AutoCompaction;
import dev.kvorum.store.raft.MaintenanceConfig;
import dev.kvorum.store.raft.SnapshotFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaintenanceFlagsTest {
  private static MaintenanceConfig read(String... arguments) {
    return MaintenanceFlags.read(
        FlagValues.parse(List.of(arguments), Map.of(), FlagValues.UnknownFlags.REFUSE));
  }

  @Test
  void byDefaultThereIsAQuotaAndNothingElse() {
    assertThat(read()).isEqualTo(MaintenanceConfig.DEFAULT);
    assertThat(read("--quota-backend-bytes=0").quotaBytes()).isEqualTo(2L << 30);
    assertThat(read("--quota-backend-bytes=-1").quotaBytes()).isEqualTo(-1);
    assertThat(read("--quota-backend-bytes=8589934592").quotaBytes()).isEqualTo(8L << 30);
  }

  @Test
  void retentionIsHoursADurationOrRevisions() {
    assertThat(read("--auto-compaction-retention=8").autoCompaction())
        .isEqualTo(new AutoCompaction.Periodic(Duration.ofHours(8)));
    assertThat(read("--auto-compaction-retention=30m").autoCompaction())
        .isEqualTo(new AutoCompaction.Periodic(Duration.ofMinutes(30)));
    assertThat(read("--auto-compaction-retention=1000", "--auto-compaction-mode=revision")
            .autoCompaction())
        .isEqualTo(new AutoCompaction.Revisions(1000));
    assertThat(read("--auto-compaction-retention=0").autoCompaction())
        .isEqualTo(new AutoCompaction.Off());
    assertThat(read("--auto-compaction-retention=0s").autoCompaction())
        .isEqualTo(new AutoCompaction.Off());
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    for (String bad : List.of(
        "--auto-compaction-mode=weekly",
        "--auto-compaction-retention=-1",
        "--auto-compaction-retention=soon",
        "--feature-gates=InitialCorruptCheck",
        "--corrupt-check-time=often")) {
      assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(UsageException.class);
    }
    assertThatThrownBy(
            () -> read("--auto-compaction-mode=revision", "--auto-compaction-retention=5m"))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void checksAreSwitchedOnByGateOrByTheOldFlag() {
    assertThat(
            read("--feature-gates=InitialCorruptCheck=true,Other=false").initialCorruptionCheck())
        .isTrue();
    assertThat(read("--experimental-initial-corrupt-check=true").initialCorruptionCheck())
        .isTrue();
    assertThat(read("--corrupt-check-time=4h").corruptionCheckInterval())
        .isEqualTo(Duration.ofHours(4));
    assertThat(read("--compact-hash-check-time=5m").compactionCheckInterval())
        .isEqualTo(Duration.ZERO);
    assertThat(read("--feature-gates=CompactHashCheck=true").compactionCheckInterval())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(read("--experimental-compact-hash-check-enabled", "--compact-hash-check-time=5m")
            .compactionCheckInterval())
        .isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aSnapshotIsReportedInTheFormsOfEtcdsTool() {
    SnapshotFile.Summary summary = new SnapshotFile.Summary(-2, 7, 3, 20_512, "0.1");

    assertThat(SnapshotReport.of(summary, SnapshotCommand.Status.Format.simple))
        .isEqualTo("fffffffe, 7, 3, 21 kB, 0.1\n");
    assertThat(SnapshotReport.of(summary, SnapshotCommand.Status.Format.json))
        .isEqualToIgnoringNewLines(
            "{\"hash\":4294967294,\"revision\":7,\"totalKey\":3,\"totalSize\":20512,\"version\":\"0.1\"}");
    assertThat(SnapshotReport.of(summary, SnapshotCommand.Status.Format.table)).isEqualTo("""
            +----------+----------+------------+------------+---------+
            |   HASH   | REVISION | TOTAL KEYS | TOTAL SIZE | VERSION |
            +----------+----------+------------+------------+---------+
            | fffffffe |        7 |          3 |      21 kB |     0.1 |
            +----------+----------+------------+------------+---------+
            """);
    assertThat(SnapshotReport.size(999)).isEqualTo("999 B");
    assertThat(SnapshotReport.size(1_500_000)).isEqualTo("1.5 MB");
    assertThat(SnapshotReport.size(9_960)).isEqualTo("10 kB");
  }
}
