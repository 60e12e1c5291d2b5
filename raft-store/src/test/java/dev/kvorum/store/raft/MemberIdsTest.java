package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemberIdsTest {
  @Test
  void aLoneMembersIdsAreThoseOfEtcd() {
    long member = MemberIds.memberId(List.of("http://127.0.0.1:23800"), "etcd-cluster");
    assertThat(Long.toUnsignedString(member)).isEqualTo("3319814642761637952");
    assertThat(Long.toUnsignedString(MemberIds.clusterId(List.of(member))))
        .isEqualTo("324952591200643719");
  }

  @Test
  void threeMembersIdsAreThoseOfEtcdInAnyOrder() {
    List<Long> members = List.of(
        MemberIds.memberId(List.of("http://127.0.0.3:23800"), "tok"),
        MemberIds.memberId(List.of("http://127.0.0.1:23800"), "tok"),
        MemberIds.memberId(List.of("http://127.0.0.2:23800"), "tok"));
    assertThat(members.stream().map(Long::toUnsignedString))
        .containsExactly("5932869725391065125", "2681083982177880140", "13069345487580386414");
    assertThat(Long.toUnsignedString(MemberIds.clusterId(members)))
        .isEqualTo("1967784945455501681");
  }

  @Test
  void theOrderOfAMembersUrlsDoesNotMatter() {
    assertThat(MemberIds.memberId(List.of("http://a:1", "http://b:2"), "t"))
        .isEqualTo(MemberIds.memberId(List.of("http://b:2", "http://a:1"), "t"));
  }

  /** Or else whoever is added where a removed member was would be that member, and removed for ever. */
  @Test
  void aMemberThatIsAddedLaterWithTheSameUrlsIsAnother() {
    List<String> urls = List.of("http://a:1");
    assertThat(MemberIds.addedMemberId(urls, 1_000_000))
        .isEqualTo(MemberIds.addedMemberId(urls, 1_000_000))
        .isNotEqualTo(MemberIds.addedMemberId(urls, 1_000_001));
  }

  @Test
  void ratisNamesLeadBack() {
    long id = 0xfedcba9876543210L;
    assertThat(MemberIds.memberId(MemberIds.peerId(id))).isEqualTo(id);
    assertThat(MemberIds.groupId(1)).isNotEqualTo(MemberIds.groupId(2));
  }
}
