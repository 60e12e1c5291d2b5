package dev.kvorum.store.apply;

import dev.kvorum.store.Access;
import dev.kvorum.store.auth.AuthView;
import dev.kvorum.store.auth.Authorizer;
import dev.kvorum.store.auth.Identity;
import dev.kvorum.store.auth.LeaseKeys;
import dev.kvorum.store.command.Command;

/** Which access each command takes. A command without a rule does not compile. */
public final class CommandAccess {
  private static final Access FREE = new Access.Free();
  private static final Access ANY_USER = new Access.AnyUser();
  private static final Access ADMINISTER = new Access.Administer();

  private CommandAccess() {}

  /** Returns if {@code command} may be applied to this state, and throws why not otherwise. */
  static void check(Command<?> command, AuthView auth, LeaseKeys leases) {
    if (auth.enabled()) {
      new Authorizer(auth, leases).check(identity(command), of(command));
    }
  }

  private static Identity identity(Command<?> command) {
    if (!(command instanceof Command.As<?> as)) {
      return Identity.NONE;
    }
    return as.member() ? Identity.MEMBER : Identity.user(as.user(), as.authRevision());
  }

  /** What {@code command} takes. Members do by themselves, and nobody can make them do, what is free here. */
  public static Access of(Command<?> command) {
    return switch (command) {
      case Command.As<?> as -> of(as.command());
      case Command.Put put -> new Access.Keys(put.request());
      case Command.Delete delete -> new Access.Keys(delete.request());
      case Command.Txn txn -> new Access.Keys(txn.request());
      case Command.Compact compact -> ADMINISTER;
      case Command.GrantLease grant -> ANY_USER;
      case Command.RevokeLease revoke -> new Access.UseLease(revoke.id());
      case Command.ExpireLease expire -> FREE;
      case Command.CheckpointLeases checkpoint -> FREE;
      case Command.PublishMember publish -> FREE;
      case Command.ChangeAuth change -> ADMINISTER;
      case Command.MembershipChange<?> change -> of(change);
      case Command.RaiseAlarm raise -> ADMINISTER;
      case Command.DisarmAlarm disarm -> ADMINISTER;
      case Command.IssueToken issue -> FREE; // its own check is the password
    };
  }

  private static Access of(Command.MembershipChange<?> change) {
    return switch (change) {
      case Command.MembershipChange.AddMember add -> ADMINISTER;
      case Command.MembershipChange.RemoveMember remove -> ADMINISTER;
      case Command.MembershipChange.UpdateMember update -> ADMINISTER;
      case Command.MembershipChange.PromoteMember promote -> ADMINISTER;
      case Command.MembershipChange.FoundCluster found -> FREE;
      case Command.MembershipChange.AdmitMember admit -> FREE;
      case Command.MembershipChange.IntroduceMember introduce -> FREE;
    };
  }

  /** Whether {@code command} needs to say who is behind it while authentication is on. */
  public static boolean needsIdentity(Command<?> command) {
    return !(of(command) instanceof Access.Free);
  }
}
