package dev.kvorum.store.cluster;

import dev.kvorum.store.Member;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * The members, changed one command at a time; refuses what etcd refuses, in its order.
 *
 * <p>One writer, which is the only caller of everything but {@link #view}; readers see what was published last.
 *
 * <p>Invariants: no two members share a peer URL; a removed id is no member.
 */
public final class MemberTable {
  private static final byte[] PREFIX = ascii("cluster/");
  private static final byte[] PREFIX_END = ascii("cluster0");
  private static final byte[] FOUNDED = ascii("cluster/founded");
  private static final byte[] MEMBER = ascii("cluster/m/");
  private static final byte[] MEMBER_END = ascii("cluster/m0");
  private static final byte[] REMOVED = ascii("cluster/r/");
  private static final byte[] REMOVED_END = ascii("cluster/r0");

  private final TreeMap<Long, ClusterMember> members = new TreeMap<>(Long::compareUnsigned);
  private final TreeSet<Long> removed = new TreeSet<>(Long::compareUnsigned);
  private boolean founded;
  private boolean changed;
  private volatile ClusterView published;

  /** Reads the table from {@code engine}. */
  public MemberTable(Engine engine) {
    founded = engine.get(Family.META, FOUNDED) != null;
    try (Cursor cursor = engine.scan(Family.META, MEMBER, MEMBER_END, ScanKind.BULK)) {
      while (cursor.next()) {
        long id = ByteBuffer.wrap(cursor.key()).getLong(MEMBER.length);
        members.put(id, MemberRow.decode(id, cursor.value()));
      }
    }
    try (Cursor cursor = engine.scan(Family.META, REMOVED, REMOVED_END, ScanKind.BULK)) {
      while (cursor.next()) {
        removed.add(ByteBuffer.wrap(cursor.key()).getLong(REMOVED.length));
      }
    }
    published = new ClusterView(founded, members, removed);
  }

  /** The table as published last; any thread. */
  public ClusterView view() {
    return published;
  }

  /** Makes all changes so far visible. */
  public void publish() {
    if (changed) {
      published = new ClusterView(founded, members, removed);
      changed = false;
    }
  }

  /** Writes down the founding members, if that was not done before. */
  public void found(List<Member> founders, EngineBatch batch) {
    if (founded) {
      return;
    }
    founded = true;
    changed = true;
    batch.put(Family.META, FOUNDED, new byte[] {MemberRow.FORMAT});
    for (Member founder : founders) {
      put(new ClusterMember(founder.id(), founder.peerUrls(), founder.learner(), true, ""), batch);
    }
  }

  /** Adds {@code member}; {@code started} says of an id whether its process ever was. */
  public void add(
      Member member, int maxLearners, boolean strict, LongPredicate started, EngineBatch batch) {
    requireFounded();
    if (strict
        && !member.learner()
        && !ReconfigurationRules.mayAddVoter(members.values(), started)) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
    if (removed.contains(member.id())) {
      throw StoreException.of(Kind.MEMBER_NOT_FOUND);
    }
    if (members.containsKey(member.id())) {
      throw StoreException.of(Kind.MEMBER_EXISTS);
    }
    refuseUrlsOfOthers(member.id(), member.peerUrls());
    long learners = members.values().stream().filter(ClusterMember::learner).count();
    if (member.learner() && learners + 1 > maxLearners) {
      throw StoreException.of(Kind.TOO_MANY_LEARNERS);
    }
    put(new ClusterMember(member.id(), member.peerUrls(), member.learner(), false, ""), batch);
  }

  /** Removes a member for ever. The last voter stays: without it nothing could be decided any more. */
  public void remove(long id, boolean strict, LongPredicate started, EngineBatch batch) {
    requireFounded();
    if (strict && !ReconfigurationRules.mayRemove(members.values(), id, started)) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
    find(id);
    if (members.values().stream().allMatch(member -> member.id() == id || member.learner())) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
    members.remove(id);
    removed.add(id);
    changed = true;
    batch.delete(Family.META, key(MEMBER, id));
    batch.put(Family.META, key(REMOVED, id), new byte[] {MemberRow.FORMAT});
  }

  /** Changes where a member is reached, and nothing else. */
  public void update(long id, List<String> peerUrls, EngineBatch batch) {
    requireFounded();
    ClusterMember member = find(id);
    refuseUrlsOfOthers(id, peerUrls);
    put(member.at(peerUrls), batch);
  }

  /** Gives a learner a vote. */
  public void promote(long id, boolean strict, LongPredicate started, EngineBatch batch) {
    requireFounded();
    if (strict && !ReconfigurationRules.mayPromote(members.values(), started)) {
      throw StoreException.of(Kind.NOT_ENOUGH_STARTED_MEMBERS);
    }
    ClusterMember member = find(id);
    if (!member.learner()) {
      throw StoreException.of(Kind.MEMBER_NOT_LEARNER);
    }
    put(member.asVoter(), batch);
  }

  /**
   * The id of the member that was added with exactly these peer URLs, whose process has this disk from now on. A founder
   * is refused: it has its id from its configuration, and may have voted before anybody knew its disk.
   */
  public long admit(List<String> peerUrls, String disk, EngineBatch batch) {
    requireFounded();
    Set<String> wanted = new HashSet<>(peerUrls);
    for (ClusterMember member : members.values()) {
      if (wanted.equals(new HashSet<>(member.peerUrls()))) {
        if (member.founder()) {
          throw StoreException.of(Kind.MEMBER_EXISTS);
        }
        noteDisk(member.id(), disk, batch);
        return member.id();
      }
    }
    throw StoreException.of(Kind.MEMBER_NOT_FOUND);
  }

  /** Notes which disk a member has; refuses another one than it is known with. */
  public void noteDisk(long id, String disk, EngineBatch batch) {
    requireFounded();
    ClusterMember member = find(id);
    if (member.disk().isEmpty()) {
      put(member.withDisk(disk), batch);
    } else if (!member.disk().equals(disk)) {
      throw StoreException.of(Kind.MEMBER_EXISTS);
    }
  }

  /** Removes all rows. */
  public static void forget(EngineBatch batch) {
    batch.deleteRange(Family.META, PREFIX, PREFIX_END);
  }

  private void requireFounded() {
    if (!founded) {
      throw StoreException.of(Kind.NO_LEADER);
    }
  }

  private ClusterMember find(long id) {
    ClusterMember member = members.get(id);
    if (member == null) {
      throw StoreException.of(Kind.MEMBER_NOT_FOUND);
    }
    return member;
  }

  private void refuseUrlsOfOthers(long id, Collection<String> peerUrls) {
    for (ClusterMember other : members.values()) {
      if (other.id() != id && other.peerUrls().stream().anyMatch(peerUrls::contains)) {
        throw StoreException.of(Kind.PEER_URLS_EXIST);
      }
    }
  }

  private void put(ClusterMember member, EngineBatch batch) {
    members.put(member.id(), member);
    changed = true;
    batch.put(Family.META, key(MEMBER, member.id()), MemberRow.encode(member));
  }

  private static byte[] key(byte[] prefix, long id) {
    byte[] key = Arrays.copyOf(prefix, prefix.length + Long.BYTES);
    ByteBuffer.wrap(key).putLong(prefix.length, id);
    return key;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
