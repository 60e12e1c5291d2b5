package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one. */
class SingleMemberIT {
  @TempDir
  Path root;

  @Test
  void whatWasWrittenIsReadAndSurvivesARestart() {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      assertThat(put(cluster.store(0), "a", "1").revision()).isEqualTo(2);
      assertThat(put(cluster.store(0), "a", "2").revision()).isEqualTo(3);
      assertThat(read(cluster.store(0), "a")).isEqualTo("2");
      cluster.stop(0);
      cluster.start(0);
      assertThat(read(cluster.store(0), "a")).isEqualTo("2");
      assertThat(put(cluster.store(0), "b", "3").revision()).isEqualTo(4);
      assertThat(cluster.fatals).isEmpty();
    }
  }

  @Test
  void whatIsWrittenTogetherGoesIntoFewEntries() {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      put(cluster.store(0), "first", "");
      long entries = cluster.store(0).metrics().entriesProposed.sum();
      List<CompletableFuture<?>> puts = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        puts.add(cluster
            .store(0)
            .put(
                dev.kvorum.store.PutRequest.of(
                    dev.kvorum.store.Bytes.utf8("k" + i), dev.kvorum.store.Bytes.utf8("v")),
                CallContext.inline()));
      }
      puts.forEach(TestCluster::get);
      assertThat(cluster.store(0).revision()).isEqualTo(5002);
      assertThat(cluster.store(0).metrics().entriesProposed.sum() - entries).isLessThan(2500);
    }
  }

  @Test
  void aMemberIsListedByItsNameWhenItSaysSo() throws InterruptedException {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      assertThat(cluster.store(0).awaitListed(Duration.ofSeconds(60))).isTrue();
      List<Member> members = get(cluster.store(0).members(true, CallContext.inline()));
      assertThat(members).hasSize(1);
      assertThat(members.get(0).name()).isEqualTo("m0");
      assertThat(members.get(0).clientUrls()).containsExactly("http://client-of-m0");
      assertThat(cluster.store(0).awaitListed(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void aMemberThatHasNoLeaderIsListedOnlyIfItWasBefore() throws InterruptedException {
    try (TestCluster cluster = new TestCluster(root, 3).startAll()) {
      for (int i = 0; i < 3; i++) {
        assertThat(cluster.store(i).awaitListed(Duration.ofSeconds(60))).isTrue();
      }
      cluster.stop(1);
      cluster.stop(2);
      cluster.stop(0);
      cluster.start(0);
      assertThat(cluster.store(0).awaitListed(Duration.ZERO)).isTrue();
    }
  }
}
