package dev.kvorum.store.apply;

import dev.kvorum.store.cluster.MemberTable;
import dev.kvorum.store.command.Command.MembershipChange;
import dev.kvorum.store.command.Command.MembershipChange.AddMember;
import dev.kvorum.store.command.Command.MembershipChange.AdmitMember;
import dev.kvorum.store.command.Command.MembershipChange.FoundCluster;
import dev.kvorum.store.command.Command.MembershipChange.IntroduceMember;
import dev.kvorum.store.command.Command.MembershipChange.PromoteMember;
import dev.kvorum.store.command.Command.MembershipChange.RemoveMember;
import dev.kvorum.store.command.Command.MembershipChange.UpdateMember;
import dev.kvorum.store.command.Command.PublishMember;
import dev.kvorum.store.engine.EngineBatch;

/** Runs membership changes on the table of members and on what members said about themselves. The writer's alone. */
final class MembershipChanges {
  private final MemberTable table;
  private final Members said;

  MembershipChanges(MemberTable table, Members said) {
    this.table = table;
    this.said = said;
  }

  /** What {@code change} answers. Throws a refusal, and has changed nothing then. */
  Object apply(MembershipChange<?> change, long revision, EngineBatch batch) {
    switch (change) {
      case FoundCluster found -> table.found(found.members(), batch);
      case AddMember add ->
        table.add(add.member(), add.maxLearners(), add.strict(), said::isStarted, batch);
      case RemoveMember remove -> {
        table.remove(remove.id(), remove.strict(), said::isStarted, batch);
        said.remove(remove.id(), batch);
      }
      case UpdateMember update -> table.update(update.id(), update.peerUrls(), batch);
      case PromoteMember promote ->
        table.promote(promote.id(), promote.strict(), said::isStarted, batch);
      case AdmitMember admit -> {
        return table.admit(admit.peerUrls(), admit.disk(), batch);
      }
      case IntroduceMember introduce -> {
        table.noteDisk(introduce.member().id(), introduce.disk(), batch);
        said.put(new PublishMember(introduce.member(), introduce.incarnation()), batch);
      }
    }
    return revision;
  }
}
