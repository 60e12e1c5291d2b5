package dev.kvorum.store.raft;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;

/** The numbers that name members and clusters, derived as etcd derives them, and their forms in Ratis. */
final class MemberIds {
  private MemberIds() {}

  /** A founding member's id: it follows from where the member is reached and from the cluster's token. */
  static long memberId(Collection<String> peerUrls, String clusterToken) {
    String text = String.join("", peerUrls.stream().sorted().toList()) + clusterToken;
    return firstEightBytes(sha1(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The id of a member added at run time: it follows from where the member is reached and from when it was added. */
  static long addedMemberId(Collection<String> peerUrls, long unixSeconds) {
    return memberId(peerUrls, Long.toString(unixSeconds));
  }

  /** A cluster's id: it follows from its founding members. */
  static long clusterId(Collection<Long> memberIds) {
    List<Long> sorted = memberIds.stream().sorted(Long::compareUnsigned).toList();
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * sorted.size());
    sorted.forEach(bytes::putLong);
    return firstEightBytes(sha1(bytes.array()));
  }

  /** An id as it is printed: 16 hexadecimal digits. */
  static String hex(long id) {
    return HexFormat.of().toHexDigits(id);
  }

  static RaftPeerId peerId(long memberId) {
    return RaftPeerId.valueOf(hex(memberId));
  }

  static long memberId(RaftPeerId peerId) {
    return Long.parseUnsignedLong(peerId.toString(), 16);
  }

  /** The Raft group of a cluster. Not a UUID of any standard kind; Ratis only wants 128 bits that are not all zero. */
  static RaftGroupId groupId(long clusterId) {
    return RaftGroupId.valueOf(new UUID(0x6b766f72756d0001L, clusterId));
  }

  private static byte[] sha1(byte[] input) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private static long firstEightBytes(byte[] digest) {
    return ByteBuffer.wrap(digest).getLong();
  }
}
