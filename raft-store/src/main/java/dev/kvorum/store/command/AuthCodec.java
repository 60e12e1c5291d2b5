package dev.kvorum.store.command;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.AuthChange.AddRole;
import dev.kvorum.store.AuthChange.AddUser;
import dev.kvorum.store.AuthChange.ChangePassword;
import dev.kvorum.store.AuthChange.DeleteRole;
import dev.kvorum.store.AuthChange.DeleteUser;
import dev.kvorum.store.AuthChange.Disable;
import dev.kvorum.store.AuthChange.Enable;
import dev.kvorum.store.AuthChange.GrantPermission;
import dev.kvorum.store.AuthChange.GrantRole;
import dev.kvorum.store.AuthChange.RevokePermission;
import dev.kvorum.store.AuthChange.RevokeRole;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import dev.kvorum.store.command.Command.As;
import dev.kvorum.store.command.Command.ChangeAuth;
import dev.kvorum.store.command.Command.IssueToken;
import java.util.function.Function;

/** The part of {@link CommandCodec} that is about users, roles and on whose behalf a command is. */
final class AuthCodec {
  private static final int AS_USER = 32;
  private static final int AS_MEMBER = 33;
  private static final int ISSUE_TOKEN = 34;
  private static final int ENABLE = 35;
  private static final int DISABLE = 36;
  private static final int ADD_USER = 37;
  private static final int DELETE_USER = 38;
  private static final int CHANGE_PASSWORD = 39;
  private static final int GRANT_ROLE = 40;
  private static final int REVOKE_ROLE = 41;
  private static final int ADD_ROLE = 42;
  private static final int DELETE_ROLE = 43;
  private static final int GRANT_PERMISSION = 44;
  private static final int REVOKE_PERMISSION = 45;

  private AuthCodec() {}

  static boolean isOpcode(int opcode) {
    return opcode >= AS_USER && opcode <= REVOKE_PERMISSION;
  }

  /** Beside the opcode. */
  static long size(As<?> as) {
    long command = CommandCodec.encodedSize(as.command());
    return as.member() ? command : size(as.user()) + Output.varintSize(as.authRevision()) + command;
  }

  /** Writes all but the command itself. */
  static void write(Output out, As<?> as) {
    if (as.member()) {
      out.octet(AS_MEMBER);
    } else {
      out.octet(AS_USER);
      write(out, as.user());
      out.varint(as.authRevision());
    }
  }

  /** Beside the opcode. */
  static long size(IssueToken issue) {
    return size(issue.user())
        + Output.stringSize(issue.tokenDigest())
        + Output.varintSize(issue.checkedRevision());
  }

  static void write(Output out, IssueToken issue) {
    out.octet(ISSUE_TOKEN);
    write(out, issue.user());
    out.string(issue.tokenDigest());
    out.varint(issue.checkedRevision());
  }

  /** Beside the opcode. */
  static long size(AuthChange change) {
    return switch (change) {
      case Enable enable -> 0;
      case Disable disable -> 0;
      case AddUser add -> size(add.name()) + Output.stringSize(add.passwordHash()) + 1;
      case DeleteUser delete -> size(delete.name());
      case ChangePassword password ->
        size(password.name()) + Output.stringSize(password.passwordHash());
      case GrantRole grant -> size(grant.user()) + size(grant.role());
      case RevokeRole revoke -> size(revoke.user()) + size(revoke.role());
      case AddRole add -> size(add.name());
      case DeleteRole delete -> size(delete.name());
      case GrantPermission grant ->
        size(grant.role()) + 1 + size(grant.permission().range());
      case RevokePermission revoke -> size(revoke.role()) + size(revoke.range());
    };
  }

  static void write(Output out, AuthChange change) {
    switch (change) {
      case Enable enable -> out.octet(ENABLE);
      case Disable disable -> out.octet(DISABLE);
      case AddUser add -> {
        out.octet(ADD_USER);
        write(out, add.name());
        out.string(add.passwordHash());
        out.octet(add.noPassword() ? 1 : 0);
      }
      case DeleteUser delete -> {
        out.octet(DELETE_USER);
        write(out, delete.name());
      }
      case ChangePassword password -> {
        out.octet(CHANGE_PASSWORD);
        write(out, password.name());
        out.string(password.passwordHash());
      }
      case GrantRole grant -> {
        out.octet(GRANT_ROLE);
        write(out, grant.user());
        write(out, grant.role());
      }
      case RevokeRole revoke -> {
        out.octet(REVOKE_ROLE);
        write(out, revoke.user());
        write(out, revoke.role());
      }
      case AddRole add -> {
        out.octet(ADD_ROLE);
        write(out, add.name());
      }
      case DeleteRole delete -> {
        out.octet(DELETE_ROLE);
        write(out, delete.name());
      }
      case GrantPermission grant -> {
        out.octet(GRANT_PERMISSION);
        write(out, grant.role());
        out.octet(number(grant.permission().type()));
        write(out, grant.permission().range());
      }
      case RevokePermission revoke -> {
        out.octet(REVOKE_PERMISSION);
        write(out, revoke.role());
        write(out, revoke.range());
      }
    }
  }

  /**
   * Reads what follows an opcode of these.
   *
   * @param commands reads a whole command
   */
  static Command<?> read(int opcode, Input in, Function<Input, Command<?>> commands) {
    return switch (opcode) {
      case AS_USER -> as(false, text(in), in.varint(), commands.apply(in));
      case AS_MEMBER -> as(true, "", 0, commands.apply(in));
      default -> readBare(opcode, in);
    };
  }

  /** As {@link #read}, of a command that is not on anybody's behalf. */
  static Command<?> readBare(int opcode, Input in) {
    return switch (opcode) {
      case ISSUE_TOKEN -> new IssueToken(text(in), in.string(), in.varint());
      case ENABLE -> new ChangeAuth(new Enable());
      case DISABLE -> new ChangeAuth(new Disable());
      case ADD_USER ->
        new ChangeAuth(new AddUser(text(in), in.string().compact(), in.octet() == 1));
      case DELETE_USER -> new ChangeAuth(new DeleteUser(text(in)));
      case CHANGE_PASSWORD ->
        new ChangeAuth(new ChangePassword(text(in), in.string().compact()));
      case GRANT_ROLE -> new ChangeAuth(new GrantRole(text(in), text(in)));
      case REVOKE_ROLE -> new ChangeAuth(new RevokeRole(text(in), text(in)));
      case ADD_ROLE -> new ChangeAuth(new AddRole(text(in)));
      case DELETE_ROLE -> new ChangeAuth(new DeleteRole(text(in)));
      case GRANT_PERMISSION ->
        new ChangeAuth(new GrantPermission(text(in), new Permission(type(in), range(in))));
      case REVOKE_PERMISSION -> new ChangeAuth(new RevokePermission(text(in), range(in)));
      default -> throw new IllegalArgumentException("log entry with command " + opcode);
    };
  }

  private static <R> Command<R> as(
      boolean member, String user, long authRevision, Command<R> command) {
    return new As<>(member, user, authRevision, command);
  }

  private static int number(Permission.Type type) {
    return switch (type) {
      case READ -> 0;
      case WRITE -> 1;
      case READ_WRITE -> 2;
    };
  }

  private static Permission.Type type(Input in) {
    int number = in.octet();
    return switch (number) {
      case 0 -> Permission.Type.READ;
      case 1 -> Permission.Type.WRITE;
      case 2 -> Permission.Type.READ_WRITE;
      default ->
        throw new IllegalArgumentException("log entry with a permission of type " + number);
    };
  }

  private static long size(String text) {
    return Output.stringSize(Bytes.utf8(text));
  }

  private static void write(Output out, String text) {
    out.string(Bytes.utf8(text));
  }

  private static String text(Input in) {
    return in.string().toUtf8();
  }

  private static long size(KeyRange range) {
    return (long) Output.stringSize(range.key()) + Output.stringSize(range.rangeEnd());
  }

  private static void write(Output out, KeyRange range) {
    out.string(range.key());
    out.string(range.rangeEnd());
  }

  private static KeyRange range(Input in) {
    return new KeyRange(in.string().compact(), in.string().compact());
  }
}
