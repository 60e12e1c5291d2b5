package dev.kvorum.grpc.wire;

import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.store.AuthChange;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Password;
import dev.kvorum.store.Permission;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Reads the requests of the Auth service that are more than a name or two. Those with a password are read by hand and
 * overwritten, so that no copy of the password stays behind in a message.
 */
public final class AuthRequests {
  private static final int NAME = 1 << 3 | 2;
  private static final int PASSWORD = 2 << 3 | 2;

  private AuthRequests() {}

  /**
   * A user and a password in clear, or hashed already.
   *
   * @param password to be closed by whoever takes it
   * @param hash as bcrypt writes it; empty if none was given; {@link #UNREADABLE} if it was not base64
   * @param noPassword whether the user is to be known by certificate only
   */
  public record Credentials(String name, Password password, Bytes hash, boolean noPassword) {
    /** Stands for a hash that could not be read, and is none. */
    public static final Bytes UNREADABLE = Bytes.utf8("?");

    @Override
    public String toString() {
      return "Credentials[" + name + "]";
    }
  }

  /** An {@code AuthenticateRequest}. Overwrites the message. */
  public static Credentials authenticate(byte[] message) throws MalformedMessage {
    return credentials(message, 0, 0);
  }

  /** An {@code AuthUserAddRequest}. Overwrites the message. */
  public static Credentials userAdd(byte[] message) throws MalformedMessage {
    return credentials(message, 4, 3);
  }

  /** An {@code AuthUserChangePasswordRequest}. Overwrites the message. */
  public static Credentials changePassword(byte[] message) throws MalformedMessage {
    return credentials(message, 3, 0);
  }

  private static Credentials credentials(byte[] message, int hashField, int optionsField)
      throws MalformedMessage {
    String name = "";
    Bytes password = Bytes.EMPTY;
    Bytes hash = Bytes.EMPTY;
    boolean noPassword = false;
    try {
      WireReader reader = new WireReader(message);
      for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
        if (tag == NAME) {
          name = text(reader.bytes());
        } else if (tag == PASSWORD) {
          password = reader.bytes();
          text(password);
        } else if (hashField != 0 && tag == (hashField << 3 | 2)) {
          hash = hash(reader.bytes());
        } else if (optionsField != 0 && tag == (optionsField << 3 | 2)) {
          int end = reader.enter();
          for (int inner = reader.tag(); inner != 0; inner = reader.tag()) {
            if (inner == 1 << 3) {
              noPassword = reader.bool();
            } else {
              reader.skip(inner);
            }
          }
          reader.leave(end);
        } else {
          reader.skip(tag);
        }
      }
      return new Credentials(name, Password.copyOf(password), hash, noPassword);
    } finally {
      Arrays.fill(message, (byte) 0);
    }
  }

  private static Bytes hash(Bytes base64) {
    try {
      return Bytes.wrap(Base64.getDecoder().decode(base64.toByteArray()));
    } catch (IllegalArgumentException e) {
      return Credentials.UNREADABLE;
    }
  }

  /** What may be granted; etcd's text for a request without one. */
  public static AuthChange grantPermission(AuthRoleGrantPermissionRequest request)
      throws InvalidRequest {
    if (!request.hasPerm()) {
      throw new InvalidRequest("etcdserver: permission not given");
    }
    Permission.Type type = switch (request.getPerm().getPermType()) {
      case READ -> Permission.Type.READ;
      case WRITE -> Permission.Type.WRITE;
      case READWRITE -> Permission.Type.READ_WRITE;
      case UNRECOGNIZED -> throw new InvalidRequest("etcdserver: invalid auth management");
    };
    return new AuthChange.GrantPermission(
        request.getName(),
        new Permission(
            type,
            new KeyRange(
                Bytes.wrap(request.getPerm().getKey().toByteArray()),
                Bytes.wrap(request.getPerm().getRangeEnd().toByteArray()))));
  }

  /** The permission to be taken away. */
  public static AuthChange revokePermission(AuthRoleRevokePermissionRequest request) {
    return new AuthChange.RevokePermission(
        request.getRole(),
        new KeyRange(
            Bytes.wrap(request.getKey().toByteArray()),
            Bytes.wrap(request.getRangeEnd().toByteArray())));
  }

  private static String text(Bytes bytes) throws MalformedMessage {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessage("string field contains invalid UTF-8");
    }
  }
}
