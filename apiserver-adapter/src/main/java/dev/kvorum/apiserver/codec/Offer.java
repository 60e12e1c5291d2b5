package dev.kvorum.apiserver.codec;

import java.util.List;

/**
 * What can be had at a place.
 *
 * @param plain the media types of the objects themselves, the usual one first
 * @param transformed the media types of what is made of them; empty if nothing is
 * @param stream whether it is a watch, for which a client that prefers YAML is refused
 */
public record Offer(List<MediaType> plain, List<MediaType> transformed, boolean stream) {
  private static final List<MediaType> ALL =
      List.of(MediaType.JSON, MediaType.YAML, MediaType.PROTOBUF);
  private static final List<MediaType> TEXT = List.of(MediaType.JSON, MediaType.YAML);

  /** Objects of a built-in kind, one or a list of them. */
  public static final Offer BUILT_IN = new Offer(ALL, ALL, false);

  /** Objects of a built-in kind in a watch. */
  public static final Offer BUILT_IN_WATCH = new Offer(ALL, ALL, true);

  /** Objects of a custom kind, one or a list of them. */
  public static final Offer CUSTOM = new Offer(TEXT, ALL, false);

  /** Objects of a custom kind in a watch. */
  public static final Offer CUSTOM_WATCH = new Offer(TEXT, ALL, true);

  public Offer {
    plain = List.copyOf(plain);
    transformed = List.copyOf(transformed);
    if (plain.isEmpty()) {
      throw new IllegalArgumentException("nothing is offered");
    }
  }
}
