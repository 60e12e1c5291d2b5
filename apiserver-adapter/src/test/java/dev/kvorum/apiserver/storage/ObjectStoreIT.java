package dev.kvorum.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a store of one member. */
class ObjectStoreIT {
  private static final CallContext INLINE = CallContext.inline();

  @TempDir
  static Path home;

  private static RaftKvStore store;
  private static ObjectStore objects;

  @BeforeAll
  static void open() throws Exception {
    store = RaftKvStore.open(RaftConfig.builder(home.resolve("data"), "m0")
        .initialCluster(Map.of("m0", List.of("http://127.0.0.1:" + freePort())))
        .build());
    objects = new ObjectStore(store);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void close() {
    store.close();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static StorageKeys resource(String name) {
    return StorageKeys.custom(new GroupResource("example.com", name));
  }

  private static long put(Bytes key, String value) throws Exception {
    ObjectStore.Outcome created =
        get(objects.create(key, Bytes.utf8(value), 0, ObjectStore.Guard.NONE, INLINE));
    assertThat(created.done()).isTrue();
    return created.revision();
  }

  private static List<String> names(ObjectList page, StorageKeys keys) {
    return page.objects().stream()
        .map(each -> each.key().toUtf8().substring(keys.prefix().length()))
        .toList();
  }

  @Test
  void anObjectIsAddedOnce() throws Exception {
    Bytes key = resource("added").key("ns", "a");
    assertThat(get(objects.get(key, INLINE)).object()).isNull();
    long revision = put(key, "1");

    ObjectStore.Outcome again =
        get(objects.create(key, Bytes.utf8("2"), 0, ObjectStore.Guard.NONE, INLINE));
    assertThat(again.done()).isFalse();
    assertThat(again.object()).isEqualTo(new Stored(key, Bytes.utf8("1"), revision));
    assertThat(get(objects.get(key, INLINE)).object())
        .isEqualTo(new Stored(key, Bytes.utf8("1"), revision));
  }

  @Test
  void anObjectIsReplacedAndDeletedOnlyAsItWasSeen() throws Exception {
    Bytes key = resource("replaced").key("", "a");
    long first = put(key, "1");
    ObjectStore.Outcome updated = get(objects.update(key, first, Bytes.utf8("2"), 0, INLINE));
    assertThat(updated.done()).isTrue();
    assertThat(updated.object()).isEqualTo(new Stored(key, Bytes.utf8("2"), updated.revision()));

    ObjectStore.Outcome late = get(objects.update(key, first, Bytes.utf8("3"), 0, INLINE));
    assertThat(late.done()).isFalse();
    assertThat(Objects.requireNonNull(late.object()).value()).isEqualTo(Bytes.utf8("2"));
    ObjectStore.Outcome kept = get(objects.delete(key, first, INLINE));
    assertThat(kept.done()).isFalse();
    assertThat(kept.object()).isEqualTo(updated.object());

    ObjectStore.Outcome deleted = get(objects.delete(key, updated.revision(), INLINE));
    assertThat(deleted.done()).isTrue();
    assertThat(deleted.object()).isNull();
    assertThat(deleted.revision()).isGreaterThan(updated.revision());
    ObjectStore.Outcome gone =
        get(objects.update(key, updated.revision(), Bytes.utf8("4"), 0, INLINE));
    assertThat(gone.done()).isFalse();
    assertThat(gone.object()).isNull();
  }

  @Test
  void allPagesOfAListAreOfOneRevision() throws Exception {
    StorageKeys keys = resource("paged");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      put(keys.key("ns" + i % 2, "o" + i), "v");
    }
    put(resource("pagedelsewhere").key("", "x"), "v");
    ObjectList page = get(objects.list(keys, "", 0, 3, "", INLINE));
    assertThat(page.remaining()).isEqualTo(4);
    long revision = page.revision();
    all.addAll(names(page, keys));
    put(keys.key("ns1", "o9"), "v");
    get(objects.delete(keys.key("ns0", "o0"), page.objects().getFirst().revision(), INLINE));
    while (!page.next().isEmpty()) {
      page = get(objects.list(keys, "", 0, 3, page.next(), INLINE));
      assertThat(page.revision()).isEqualTo(revision);
      all.addAll(names(page, keys));
    }

    assertThat(page.remaining()).isZero();
    assertThat(all)
        .containsExactly("ns0/o0", "ns0/o2", "ns0/o4", "ns0/o6", "ns1/o1", "ns1/o3", "ns1/o5");
    assertThat(names(get(objects.list(keys, "ns1", 0, 0, "", INLINE)), keys))
        .containsExactly("ns1/o1", "ns1/o3", "ns1/o5", "ns1/o9");
    assertThat(names(get(objects.list(keys, "ns0", revision, 0, "", INLINE)), keys))
        .containsExactly("ns0/o0", "ns0/o2", "ns0/o4", "ns0/o6");
  }

  @Test
  void aListWhoseRevisionIsGoneGoesOnIfTheClientWantsThat() throws Exception {
    StorageKeys keys = resource("expired");
    for (int i = 0; i < 4; i++) {
      put(keys.key("", "o" + i), "v");
    }
    ObjectList first = get(objects.list(keys, "", 0, 2, "", INLINE));
    long later = put(keys.key("", "o4"), "v");
    get(store.compact(later, false, INLINE));

    assertThatThrownBy(() -> get(objects.list(keys, "", 0, 2, first.next(), INLINE)))
        .rootCause()
        .isInstanceOfSatisfying(StorageException.class, refusal -> {
          assertThat(refusal.kind()).isEqualTo(StorageException.Kind.CONTINUE_EXPIRED);
          assertThat(names(objects.list(keys, "", 0, 0, refusal.next(), INLINE).join(), keys))
              .containsExactly("o2", "o3", "o4");
        });
    assertThatThrownBy(() -> get(objects.list(keys, "", first.revision(), 0, "", INLINE)))
        .rootCause()
        .isInstanceOfSatisfying(
            StorageException.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(StorageException.Kind.EXPIRED));
  }

  @Test
  void whatIsWrongWithARequestIsSaid() {
    StorageKeys keys = resource("wrong");
    assertThatThrownBy(() -> get(objects.list(keys, "", 0, 2, "%%%", INLINE)))
        .rootCause()
        .isInstanceOfSatisfying(
            StorageException.class,
            refusal ->
                assertThat(refusal.kind()).isEqualTo(StorageException.Kind.BAD_CONTINUE_TOKEN));
    assertThatThrownBy(
            () -> objects.list(keys, "", Long.MAX_VALUE, 2, "", INLINE).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(StoreException.Kind.FUTURE_REVISION));
  }
}
