package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.StoreException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerUrlsTest {
  @Test
  void areTrimmedAndSorted() {
    assertThat(PeerUrls.checked(List.of(" http://b:2 ", "https://[::1]:1")))
        .containsExactly("http://b:2", "https://[::1]:1");
    assertThat(PeerUrls.address(List.of("http://b:2"))).contains(new RaftConfig.HostPort("b", 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:1",
        "http://127.0.0.1",
        "http://h:1/",
        "http://h:1/p",
        "ftp://h:1",
        "h",
        "http://:1",
        "http://h:x",
        "http://h:65536",
        "http://h:-1",
        "http:/h:1",
        "://",
        "http://h h:1"
      })
  void othersAreRefused(String url) {
    assertThatThrownBy(() -> PeerUrls.checked(List.of(url)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.MEMBER_URLS_INVALID));
  }

  @Test
  void thereIsAtLeastOneAndAnEndToThem() {
    for (List<String> urls : List.of(List.<String>of(), Collections.nCopies(100, "http://h:1"))) {
      assertThatThrownBy(() -> PeerUrls.checked(urls)).isInstanceOf(StoreException.class);
    }
  }
}
