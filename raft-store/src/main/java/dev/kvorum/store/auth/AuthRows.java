package dev.kvorum.store.auth;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the auth state lies in the engine: one row that says whether it is on and at which revision, one per user, one per
 * role. Each begins with the format of its kind; a later format must still read the earlier ones.
 */
final class AuthRows {
  static final byte[] PREFIX = ascii("auth/");
  static final byte[] PREFIX_END = ascii("auth0");
  static final byte[] STATE = ascii("auth/state");

  private static final byte[] USER = ascii("auth/user/");
  private static final byte[] ROLE = ascii("auth/role/");
  private static final int FORMAT = 1;

  private AuthRows() {}

  record State(boolean enabled, long revision) {}

  static byte[] userKey(String name) {
    return concat(USER, name);
  }

  static byte[] roleKey(String name) {
    return concat(ROLE, name);
  }

  static boolean isUser(byte[] key) {
    return startsWith(key, USER);
  }

  static boolean isRole(byte[] key) {
    return startsWith(key, ROLE);
  }

  static byte[] encode(State state) {
    return write(out -> {
      out.writeBoolean(state.enabled());
      out.writeLong(state.revision());
    });
  }

  static State decodeState(byte[] row) {
    return read(row, in -> new State(in.readBoolean(), in.readLong()));
  }

  static byte[] encode(User user) {
    return write(out -> {
      string(out, Bytes.utf8(user.name()));
      string(out, user.passwordHash());
      out.writeBoolean(user.noPassword());
      out.writeLong(user.passwordRevision());
      out.writeInt(user.roles().size());
      for (String role : user.roles()) {
        string(out, Bytes.utf8(role));
      }
    });
  }

  static User decodeUser(byte[] row) {
    return read(row, in -> {
      String name = string(in).toUtf8();
      Bytes hash = string(in);
      boolean noPassword = in.readBoolean();
      long passwordRevision = in.readLong();
      int count = in.readInt();
      List<String> roles = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        roles.add(string(in).toUtf8());
      }
      return new User(name, hash, noPassword, passwordRevision, roles);
    });
  }

  static byte[] encode(Role role) {
    return write(out -> {
      string(out, Bytes.utf8(role.name()));
      out.writeInt(role.permissions().size());
      for (Permission permission : role.permissions()) {
        out.writeByte(typeNumber(permission.type()));
        string(out, permission.range().key());
        string(out, permission.range().rangeEnd());
      }
    });
  }

  static Role decodeRole(byte[] row) {
    return read(row, in -> {
      String name = string(in).toUtf8();
      int count = in.readInt();
      List<Permission> permissions = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        permissions.add(new Permission(type(in.readByte()), new KeyRange(string(in), string(in))));
      }
      return new Role(name, permissions);
    });
  }

  private static int typeNumber(Permission.Type type) {
    return switch (type) {
      case READ -> 0;
      case WRITE -> 1;
      case READ_WRITE -> 2;
    };
  }

  private static Permission.Type type(int number) throws IOException {
    return switch (number) {
      case 0 -> Permission.Type.READ;
      case 1 -> Permission.Type.WRITE;
      case 2 -> Permission.Type.READ_WRITE;
      default -> throw new IOException("permission of type " + number);
    };
  }

  private interface Writer {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private interface Reader<T> {
    T readFrom(DataInputStream in) throws IOException;
  }

  private static byte[] write(Writer fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      fields.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] row, Reader<T> fields) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(row))) {
      int format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalStateException(
            "auth row of format " + format + "; this version reads format " + FORMAT);
      }
      T value = fields.readFrom(in);
      if (in.available() > 0) {
        throw new IllegalStateException("auth row with bytes after its end");
      }
      return value;
    } catch (IOException e) {
      throw new IllegalStateException("auth row of " + row.length + " bytes", e);
    }
  }

  private static void string(DataOutputStream out, Bytes value) throws IOException {
    out.writeInt(value.length());
    out.write(value.sharedArray());
  }

  private static Bytes string(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a string of " + length + " bytes in " + in.available());
    }
    return Bytes.wrap(in.readNBytes(length));
  }

  private static byte[] concat(byte[] prefix, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(prefix, prefix.length + text.length);
    System.arraycopy(text, 0, key, prefix.length, text.length);
    return key;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return Bytes.wrap(key).startsWith(Bytes.wrap(prefix));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
