package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.junit.jupiter.api.Test;

/** How far a follower may take its log to be committed. */
class PromptGrpcTest {
  private static AppendEntriesRequestProto.Builder committed(long index) {
    return AppendEntriesRequestProto.newBuilder().setLeaderCommit(index);
  }

  private static LogEntryProto entry(long index) {
    return LogEntryProto.newBuilder().setTerm(2).setIndex(index).build();
  }

  private static long told(AppendEntriesRequestProto.Builder request) {
    return PromptGrpc.withinWhatWasChecked(request.build()).getLeaderCommit();
  }

  @Test
  void nothingIsCommittedByAHeartbeatThatNamesNoEntry() {
    assertThat(told(committed(0))).isEqualTo(-1);
    assertThat(told(committed(-1))).isEqualTo(-1);
  }

  @Test
  void theFirstEntriesCommitThemselvesAtMost() {
    assertThat(told(committed(1).addEntries(entry(0)))).isZero();
    assertThat(told(committed(0).addEntries(entry(0)).addEntries(entry(1)))).isZero();
  }

  @Test
  void aRequestThatNamesThePreviousEntryIsLeftAlone() {
    TermIndexProto previous = TermIndexProto.newBuilder().setTerm(2).setIndex(0).build();
    assertThat(told(committed(0).setPreviousLog(previous))).isZero();
    assertThat(told(committed(1).setPreviousLog(previous).addEntries(entry(1)))).isEqualTo(1);
  }
}
