package dev.kvorum.apiserver.codec;

import java.util.List;

/**
 * What can be had at a place.
 *
 * @param plain the media types of the objects themselves, the usual one first
 * @param transformed the media types of what is made of them; empty if nothing is
 * @param stream whether it is a watch
 */
public record Offer(List<MediaType> plain, List<MediaType> transformed, boolean stream) {
  private static final List<MediaType> ALL =
      List.of(MediaType.JSON, MediaType.YAML, MediaType.PROTOBUF);
  private static final List<MediaType> TEXT = List.of(MediaType.JSON, MediaType.YAML);
  private static final List<MediaType> STREAMS = List.of(MediaType.JSON, MediaType.PROTOBUF);

  /** Objects of a built-in kind, one or a list of them. */
  public static final Offer BUILT_IN = new Offer(ALL, ALL, false);

  /** Objects of a built-in kind in a watch. */
  public static final Offer BUILT_IN_WATCH = new Offer(STREAMS, STREAMS, true);

  /** Objects of a custom kind, one or a list of them. */
  public static final Offer CUSTOM = new Offer(TEXT, ALL, false);

  /** Objects of a custom kind in a watch. */
  public static final Offer CUSTOM_WATCH = new Offer(List.of(MediaType.JSON), STREAMS, true);

  public Offer {
    plain = List.copyOf(plain);
    transformed = List.copyOf(transformed);
    if (plain.isEmpty()) {
      throw new IllegalArgumentException("nothing is offered");
    }
  }

  /** What a client is told that it may ask for. */
  List<String> names() {
    return plain.stream()
        .map(type -> stream ? type + ";stream=watch" : type.toString())
        .toList();
  }
}
