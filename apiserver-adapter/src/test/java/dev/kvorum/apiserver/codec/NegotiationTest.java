package dev.kvorum.apiserver.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {
  private static final List<MediaType> READ = List.of(MediaType.values());
  private static final String PLAIN =
      "only the following media types are accepted: application/json, application/yaml,"
          + " application/vnd.kubernetes.protobuf";

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
          none|JSON|NONE
          */*|JSON|NONE
          application/*|JSON|NONE
          application/json|JSON|NONE
          application/json; charset=utf-8|JSON|NONE
          application/yaml|YAML|NONE
          text/plain,*/*|JSON|NONE
          application/vnd.kubernetes.protobuf,application/json|PROTOBUF|NONE
          application/json;q=0.5,application/yaml|YAML|NONE
          application/json;q=x,application/yaml;q=0.1|YAML|NONE
          application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json|JSON|TABLE
          application/json;as=Table;v=v1beta1;g=meta.k8s.io|JSON|TABLE_BETA
          application/json;as=Table;v=v2;g=meta.k8s.io,application/json|JSON|NONE
          application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json|JSON|NONE
          application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1|PROTOBUF|METADATA_LIST
          application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1|JSON|METADATA
          application/json;stream=foo,application/yaml|YAML|NONE
          application/json;foo=bar|JSON|NONE
          application/cbor,application/json;q=0.1|JSON|NONE
          """)
  void aClientGetsWhatItLikesBest(@Nullable String accept, MediaType type, Transform transform)
      throws Exception {
    assertThat(Negotiation.ofAnswer(accept, null, null, Offer.BUILT_IN))
        .isEqualTo(new Negotiated(type, transform, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/cbor",
        "json",
        ",",
        "application/json;as=Foo;g=meta.k8s.io;v=v1",
        "application/json;sv=v9"
      })
  void aClientThatLikesNothingIsTold(String accept) {
    assertThatThrownBy(() -> Negotiation.ofAnswer(accept, null, null, Offer.BUILT_IN))
        .isInstanceOf(CodecException.class)
        .hasMessage(PLAIN);
  }

  @Test
  void aWatchIsNotInYaml() throws Exception {
    assertThatThrownBy(() -> Negotiation.ofAnswer(
            "application/yaml,application/json", null, null, Offer.BUILT_IN_WATCH))
        .hasMessage("only the following media types are accepted: application/json;stream=watch,"
            + " application/vnd.kubernetes.protobuf;stream=watch");
    assertThatThrownBy(() -> Negotiation.ofAnswer("text/plain", null, null, Offer.CUSTOM_WATCH))
        .hasMessage(PLAIN);
    assertThat(Negotiation.ofAnswer("application/json;stream=watch", null, null, Offer.CUSTOM_WATCH)
            .type())
        .isEqualTo(MediaType.JSON);
  }

  @Test
  void customObjectsAreNotInProtobufButTheirMetadataIs() throws Exception {
    assertThatThrownBy(() ->
            Negotiation.ofAnswer("application/vnd.kubernetes.protobuf", null, null, Offer.CUSTOM))
        .hasMessage(PLAIN);
    assertThat(Negotiation.ofAnswer(
                "application/vnd.kubernetes.protobuf,application/json", null, null, Offer.CUSTOM)
            .type())
        .isEqualTo(MediaType.JSON);
    assertThat(Negotiation.ofAnswer(
                "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
                null,
                null,
                Offer.CUSTOM)
            .type())
        .isEqualTo(MediaType.PROTOBUF);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "none,none,false",
        "true,none,true",
        "1,none,true",
        "yes,none,false",
        "none,curl/8,true",
        "false,curl/8,false",
        "none,Mozilla/5.0 (X),true",
        "none,kubectl/v1.36.3,false"
      })
  void peopleGetSpaces(@Nullable String parameter, @Nullable String agent, boolean pretty)
      throws Exception {
    assertThat(Negotiation.ofAnswer(null, parameter, agent, Offer.BUILT_IN).pretty())
        .isEqualTo(pretty);
  }

  @Test
  void aBodyIsJsonUnlessItSaysOtherwise() throws Exception {
    assertThat(Negotiation.ofBody(null, READ)).isEqualTo(MediaType.JSON);
    assertThat(Negotiation.ofBody("", READ)).isEqualTo(MediaType.JSON);
    assertThat(Negotiation.ofBody("application/JSON; charset=utf-8", READ))
        .isEqualTo(MediaType.JSON);
    assertThat(Negotiation.ofBody("application/yaml", READ)).isEqualTo(MediaType.YAML);
    assertThat(Negotiation.ofBody("application/vnd.kubernetes.protobuf", READ))
        .isEqualTo(MediaType.PROTOBUF);
    for (String other : List.of("text/plain", "application/cbor", "json")) {
      assertThatThrownBy(() -> Negotiation.ofBody(other, READ))
          .hasMessage(
              "the body of the request was in an unknown format - accepted media types"
                  + " include: application/json, application/yaml, application/vnd.kubernetes.protobuf");
    }
  }

  @Test
  void warningsAreCutWhenTheyAreTooMany() {
    Warnings few = new Warnings();
    few.addAll(List.of("a \"b\" \\", "a \"b\" \\", "", "x\ny"));
    assertThat(few.headers()).containsExactly("299 - \"a \\\"b\\\" \\\\\"");
    Warnings many = new Warnings();
    for (int i = 0; i < 30; i++) {
      many.add(i + "x".repeat(300));
    }
    assertThat(many.headers()).hasSize(16).allMatch(header -> header.length() == 256 + 8);
  }
}
