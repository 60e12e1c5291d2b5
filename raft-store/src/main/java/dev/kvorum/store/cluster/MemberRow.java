package dev.kvorum.store.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** How a member is stored: {@code u8 format, u8 (1 learner + 2 founder), utf disk, u16 n, n * utf url}. */
final class MemberRow {
  static final byte FORMAT = 1;

  private static final int LEARNER = 1;
  private static final int FOUNDER = 2;

  private MemberRow() {}

  static byte[] encode(ClusterMember member) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeByte((member.learner() ? LEARNER : 0) | (member.founder() ? FOUNDER : 0));
      out.writeUTF(member.disk());
      out.writeShort(member.peerUrls().size());
      for (String url : member.peerUrls()) {
        out.writeUTF(url);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  static ClusterMember decode(long id, byte[] row) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(row))) {
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IllegalStateException(
            "member row of format " + format + "; this version reads format " + FORMAT);
      }
      byte kind = in.readByte();
      String disk = in.readUTF();
      int count = in.readUnsignedShort();
      List<String> urls = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        urls.add(in.readUTF());
      }
      return new ClusterMember(id, urls, (kind & LEARNER) != 0, (kind & FOUNDER) != 0, disk);
    } catch (IOException e) {
      throw new IllegalStateException("damaged row of member " + Long.toHexString(id), e);
    }
  }
}
