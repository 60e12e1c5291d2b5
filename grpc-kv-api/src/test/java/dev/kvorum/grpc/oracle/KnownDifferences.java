package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.HashKVResponse;
import dev.kvorum.proto.etcd.MemberAddRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Where the server under test differs from etcd on purpose, one by one and as narrow as possible. Everything else that
 * differs is a bug. Thread-safe.
 */
final class KnownDifferences {
  enum Entry {
    UNKNOWN_COMPARE(
        "a compare whose target or result is an unknown number is INVALID_ARGUMENT here; etcd takes it"
            + " as true, which lets a txn by a newer client overwrite what it meant to guard"),

    PREV_KV_AT_COMPACT_REVISION(
        "an event at the compact revision may carry prev_kv here; etcd has already forgotten"
            + " it, and kube-apiserver ends a watch whose event lacks it"),

    PROGRESS_DESPITE_COMPACTED_WATCHER(
        "a watcher that was cancelled by compaction does not mute progress here; in"
            + " etcd it does until its client cancels it too"),

    DUPLICATE_KEY(
        "a put and a delete of one key in a txn are refused here also when the delete goes to the end of all"
            + " keys or is in a later nested txn; etcd overlooks it, gives the key two events of one revision, and ends"
            + " (the whole process) when the put needs the key to exist"),

    KEYS_ONLY_LEASE(
        "keys without values name their lease here, as they did in etcd before 3.7; since then it leaves"
            + " the lease out"),

    HASH_AFTER_COMPACTION_AT_ZERO(
        "the digest of the current revision is that of the current revision here; etcd that was once compacted at 0"
            + " answers for ever with the digest it noted then under that number"),

    HASH_KEPT_FROM_COMPACTION(
        "a digest at a revision is of what can be read now, and none below the compact revision; etcd answers with the"
            + " digest that it kept when it was compacted at just that revision, if that had ended by then"),

    DENIED_BEFORE_URLS(
        "whoever may not add members is told so here, whatever the URLs are; etcd looks at the URLs first"),

    EMPTY_RANGE_REFUSED(
        "whether a user may ask for a range that ends before it begins depends on its first key here; etcd may also"
            + " refuse it when that key is granted, depending on the user's other grants. No key is in it for either"),

    GRANTED_BESIDE(
        "a permission that is granted again on the same range replaces the one before here; in etcd, when another one is"
            + " first on its key, the one before stays beside it, so that granting less takes nothing away"),

    PERMISSION_TIES(
        "permissions on one key are listed as they were granted here; in etcd in any order when a role has more than"
            + " twelve"),

    NOBODYS_EMPTY_TXN(
        "a txn that does nothing needs a user here, as every other does; etcd tells the store's revision to nobody at"
            + " all"),

    CANDIDACY_LEFT(
        "who may write a candidate's key but not look at the election is refused here before anything is written; etcd"
            + " writes the key, refuses then, and leaves a candidate that nobody waits for; or it finds first that the"
            + " lease is not there"),

    REFUSED_BEFORE_ALARM(
        "what is wrong with a request, or with its caller, is said before that an alarm is on; in etcd the alarm is asked"
            + " first when the request is applied. Refused it is by both"),

    OTHER_PAST_AFTER_KILL(
        "etcd that is killed soon after a compaction may take a txn when it reads its log again that it had refused"
            + " for reading below the compact revision, because it no longer knows that revision: later revisions move."
            + " Here the compact revision is written with the entry that sets it"),

    REFUSED_URLS_AFTER_KILL(
        "etcd that is killed and reads its log again gives a member the peer URLs that it had refused because another"
            + " member has them"),

    LATE_FRAGMENT(
        "the first responses to a watcher that asked for fragments are cut here; etcd notes the wish after the"
            + " watcher has begun, so what is read from history at once may come uncut"),

    LATE_PREV_KV(
        "every event to a watcher that asked for it has its prev_kv here; etcd notes the wish after the watcher has"
            + " begun and forgets it as soon as a cancel is asked for, so what it reads from history at once, or is"
            + " still sending then, may come without"),

    EARLY_EVENTS(
        "a watcher's creation is answered before its first events here; etcd, on a stream where a creation was"
            + " refused or -1 was used before, may send the events of a watcher with the chosen id -1 first"),

    SORT_TIES(
        "keys that are equal in what they are sorted by come in key order here; in etcd in any order when"
            + " there are more than twelve");

    private final String reason;

    Entry(String reason) {
      this.reason = reason;
    }
  }

  private static final Answer COMPACTED = new Answer.Failure(
      Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");

  private static final Answer DUPLICATE = new Answer.Failure(
      Status.Code.INVALID_ARGUMENT, "etcdserver: duplicate key given in txn request");

  private static final Answer BAD_URLS =
      new Answer.Failure(Status.Code.INVALID_ARGUMENT, "etcdserver: given member URLs are invalid");

  // As recipes say it, which have no code for it.
  private static final Answer NO_LEASE =
      new Answer.Failure(Status.Code.UNKNOWN, "etcdserver: requested lease not found");

  private static final Answer NOT_ALLOWED =
      new Answer.Failure(Status.Code.UNKNOWN, "etcdserver: permission denied");

  private static final Answer.Failure NOBODY =
      new Answer.Failure(Status.Code.INVALID_ARGUMENT, "etcdserver: user name is empty");

  private static final Set<Answer.Failure> DENIALS = Set.of(
      new Answer.Failure(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied"),
      NOBODY,
      new Answer.Failure(Status.Code.UNAUTHENTICATED, "etcdserver: invalid auth token"));

  private static final Set<String> ALARMS =
      Set.of("etcdserver: mvcc: database space exceeded", "etcdserver: corrupt cluster");

  private static final Set<Status.Code> REFUSALS = Set.of(
      Status.Code.INVALID_ARGUMENT,
      Status.Code.OUT_OF_RANGE,
      Status.Code.PERMISSION_DENIED,
      Status.Code.UNAUTHENTICATED);

  private final Map<Entry, LongAdder> uses = new EnumMap<>(Entry.class);

  KnownDifferences() {
    for (Entry entry : Entry.values()) {
      uses.put(entry, new LongAdder());
    }
  }

  void note(Entry entry) {
    usesOf(entry).increment();
  }

  /** How often this one was met. */
  long times(Entry entry) {
    return usesOf(entry).sum();
  }

  private LongAdder usesOf(Entry entry) {
    return Objects.requireNonNull(uses.get(entry), "every entry has one");
  }

  /** Whether these answers to {@code request} differ as an entry says. */
  boolean explains(Message request, Answer oracle, Answer subject) {
    if (request instanceof TxnRequest txn
        && hasUnknownCompare(txn)
        && subject instanceof Answer.Failure failure
        && failure.code() == Status.Code.INVALID_ARGUMENT) {
      note(Entry.UNKNOWN_COMPARE);
      return true;
    }
    if (request instanceof TxnRequest txn
        && subject.equals(DUPLICATE)
        && DuplicateKeys.missedByEtcd(txn)) {
      note(Entry.DUPLICATE_KEY);
      return true;
    }
    if (request instanceof HashKVRequest hash
        && hash.getRevision() == 0
        && oracle instanceof Answer.Reply noted
        && noted.message() instanceof HashKVResponse digest
        && digest.getHashRevision() == 0) {
      note(Entry.HASH_AFTER_COMPACTION_AT_ZERO);
      return true;
    }
    if (request instanceof HashKVRequest hash && isKeptFromCompaction(hash, oracle, subject)) {
      note(Entry.HASH_KEPT_FROM_COMPACTION);
      return true;
    }
    if (request instanceof MemberAddRequest && oracle.equals(BAD_URLS) && isDenial(subject)) {
      note(Entry.DENIED_BEFORE_URLS);
      return true;
    }
    if (request instanceof TxnRequest txn
        && doesNothing(txn)
        && oracle instanceof Answer.Reply
        && subject.equals(NOBODY)) {
      note(Entry.NOBODYS_EMPTY_TXN);
      return true;
    }
    if (request instanceof CampaignRequest
        && oracle.equals(NO_LEASE)
        && subject.equals(NOT_ALLOWED)) {
      note(Entry.CANDIDACY_LEFT);
      return true;
    }
    if (oracle instanceof Answer.Failure alarm
        && ALARMS.contains(String.valueOf(alarm.text()))
        && subject instanceof Answer.Failure refusal
        && (REFUSALS.contains(refusal.code())
            || DENIALS.stream()
                .anyMatch(denial -> Objects.equals(denial.text(), refusal.text())))) {
      note(Entry.REFUSED_BEFORE_ALARM);
      return true;
    }
    return oracle instanceof Answer.Reply ours
        && subject instanceof Answer.Reply theirs
        && explains(request, ours.message(), theirs.message());
  }

  private static boolean isDenial(Answer answer) {
    return answer instanceof Answer.Failure failure && DENIALS.contains(failure);
  }

  private static boolean isKeptFromCompaction(
      HashKVRequest request, Answer oracle, Answer subject) {
    long revision = request.getRevision();
    if (revision <= 0
        || !(oracle instanceof Answer.Reply reply)
        || !(reply.message() instanceof HashKVResponse kept)
        || kept.getHashRevision() != revision
        || kept.getCompactRevision() >= revision) {
      return false;
    }
    return subject.equals(COMPACTED)
        || (subject instanceof Answer.Reply own
            && own.message() instanceof HashKVResponse digest
            && digest.getHashRevision() == revision
            && digest.getCompactRevision() == revision);
  }

  private boolean explains(Message request, Message oracle, Message subject) {
    Message ours = Ranges.map(request, oracle, KnownDifferences::withoutLeases);
    Message theirs = Ranges.map(request, subject, KnownDifferences::withoutLeases);
    if (!theirs.equals(subject) && ours.equals(oracle)) {
      note(Entry.KEYS_ONLY_LEASE);
      if (ours.equals(theirs)) {
        return true;
      }
    }
    if (SortTies.canonical(request, ours).equals(SortTies.canonical(request, theirs))) {
      note(Entry.SORT_TIES);
      return true;
    }
    return false;
  }

  private static RangeResponse withoutLeases(RangeRequest request, RangeResponse response) {
    if (!request.getKeysOnly() || request.getSortTarget() == RangeRequest.SortTarget.VALUE) {
      return response;
    }
    RangeResponse.Builder changed = response.toBuilder();
    changed.getKvsBuilderList().forEach(key -> key.setLease(0));
    return changed.build();
  }

  /** One line per entry: how often it was met. An entry that is never met should go. */
  List<String> report() {
    List<String> lines = new ArrayList<>();
    for (Entry entry : Entry.values()) {
      long times = usesOf(entry).sum();
      lines.add((times == 0 ? "UNUSED " : times + " x ") + entry + ": " + entry.reason);
    }
    return lines;
  }

  private static boolean doesNothing(TxnRequest txn) {
    return txn.getCompareCount() == 0
        && Stream.concat(txn.getSuccessList().stream(), txn.getFailureList().stream())
            .allMatch(op -> op.hasRequestTxn() && doesNothing(op.getRequestTxn()));
  }

  private static boolean hasUnknownCompare(TxnRequest txn) {
    return txn.getCompareList().stream().anyMatch(KnownDifferences::isUnknown)
        || Stream.concat(txn.getSuccessList().stream(), txn.getFailureList().stream())
            .filter(RequestOp::hasRequestTxn)
            .anyMatch(op -> hasUnknownCompare(op.getRequestTxn()));
  }

  private static boolean isUnknown(Compare compare) {
    return compare.getTarget() == Compare.CompareTarget.UNRECOGNIZED
        || compare.getResult() == Compare.CompareResult.UNRECOGNIZED;
  }
}
