package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose process stood still does not know that time has passed. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class PausedLeaderIT {
  @TempDir
  Path root;

  @Test
  void whenItGoesOnItDoesNotAnswerWithWhatWasReplacedMeanwhile() {
    Map<String, List<String>> cluster = new LinkedHashMap<>();
    for (int port : TestCluster.freePorts(3)) {
      cluster.put("m" + cluster.size(), List.of("http://127.0.0.1:" + port));
    }
    List<MemberProcess> members = new ArrayList<>();
    try {
      for (String name : cluster.keySet()) {
        members.add(new MemberProcess(root, cluster, name));
      }
      members.forEach(member -> assertThat(member.hear()).isEqualTo("open"));
      MemberProcess old = leader(members);
      assertThat(old.ask("put k old")).startsWith("ok");
      // Everywhere: Ratis does not count the vote of a member whose log is still empty.
      members.forEach(member -> assertThat(member.ask("get k")).isEqualTo("ok old"));

      old.signal("STOP");
      List<MemberProcess> others = new ArrayList<>(members);
      others.remove(old);
      MemberProcess next = leader(others);
      assertThat(next.ask("put k new")).startsWith("ok");

      // Waiting in its pipe, so they are the first thing it does, long before it hears of another
      // leader.
      for (int i = 0; i < 10; i++) {
        old.tell("get k");
      }
      old.signal("CONT");
      for (int i = 0; i < 10; i++) {
        assertThat(old.hear()).isNotEqualTo("ok old");
      }
      assertThat(old.ask("get k")).isEqualTo("ok new");
    } finally {
      members.forEach(MemberProcess::close);
    }
  }

  private static MemberProcess leader(List<MemberProcess> members) {
    List<MemberProcess> found = new ArrayList<>();
    TestCluster.until("a leader", () -> {
      members.stream()
          .filter(member -> member.ask("leading").startsWith("ok true"))
          .findFirst()
          .ifPresent(found::add);
      return !found.isEmpty();
    });
    return found.get(0);
  }
}
