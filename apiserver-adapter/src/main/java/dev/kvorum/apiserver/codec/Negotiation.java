package dev.kvorum.apiserver.codec;

import dev.kvorum.apiserver.status.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out in which form a body comes, and in which form the answer is wanted. */
public final class Negotiation {
  /** What refusals name, also where not all of it is served. */
  private static final List<String> ALL =
      Arrays.stream(MediaType.values()).map(MediaType::toString).toList();

  private static final List<String> STREAMS =
      List.of(MediaType.JSON + ";stream=watch", MediaType.PROTOBUF + ";stream=watch");

  private Negotiation() {}

  /**
   * The form of a request's body.
   *
   * @param contentType the header's value; null or empty if it is not there
   * @param read the media types that are read, the usual one first
   * @throws CodecException (415) if it is none of them
   */
  public static MediaType ofBody(@Nullable String contentType, List<MediaType> read)
      throws CodecException {
    if (contentType == null || contentType.isEmpty()) {
      return read.getFirst();
    }
    int semicolon = contentType.indexOf(';');
    String name = (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
    MediaType type = MediaType.of(name.toLowerCase(Locale.ROOT));
    if (type == null || !read.contains(type)) {
      throw new CodecException(Status.unsupportedMediaType(ALL));
    }
    return type;
  }

  /**
   * The form of the answer.
   *
   * @param accept the header's value; null or empty if it is not there
   * @param prettyParameter the first value of the query's {@code pretty}; null or empty if it has none
   * @param userAgent the header's value; null if it is not there
   * @throws CodecException (406) if nothing that the client accepts can be had
   */
  public static Negotiated ofAnswer(
      @Nullable String accept,
      @Nullable String prettyParameter,
      @Nullable String userAgent,
      Offer offer)
      throws CodecException {
    boolean pretty = isPretty(prettyParameter, userAgent);
    if (accept == null || accept.isEmpty()) {
      return new Negotiated(offer.plain().getFirst(), Transform.NONE, pretty);
    }
    for (AcceptClause clause : AcceptClause.parse(accept)) {
      for (MediaType type : MediaType.values()) {
        if (!clause.matches(type)) {
          continue;
        }
        Transform transform = transform(clause.params(), type, offer);
        if (transform != null && offer.stream() && type == MediaType.YAML) {
          throw new CodecException(Status.notAcceptable(STREAMS));
        }
        if (transform != null) {
          return new Negotiated(
              type, transform, pretty || "1".equals(clause.params().get("pretty")));
        }
      }
    }
    throw new CodecException(Status.notAcceptable(ALL));
  }

  /** What a clause makes of the objects; null if it asks for what cannot be had. */
  private static @Nullable Transform transform(
      Map<String, String> params, MediaType type, Offer offer) {
    String stream = params.getOrDefault("stream", "");
    boolean streams = type != MediaType.YAML && stream.equals("watch");
    String version = params.getOrDefault("sv", "");
    if ((!stream.isEmpty() && !streams) || !(version.isEmpty() || version.equals("v1"))) {
      return null;
    }
    if (!params.containsKey("as") && !params.containsKey("g") && !params.containsKey("v")) {
      return offer.plain().contains(type) ? Transform.NONE : null;
    }
    for (Transform each : Transform.values()) {
      boolean asked = each != Transform.NONE
          && each.is(
              params.getOrDefault("as", ""),
              params.getOrDefault("g", ""),
              params.getOrDefault("v", ""));
      if (asked) {
        boolean possible =
            offer.transformed().contains(type) && !(each.isTable() && type == MediaType.PROTOBUF);
        return possible ? each : null;
      }
    }
    return null;
  }

  /** By the parameter, or else for programs that show people what they get. */
  private static boolean isPretty(@Nullable String parameter, @Nullable String userAgent) {
    if (parameter != null && !parameter.isEmpty()) {
      return switch (parameter) {
        case "1", "t", "T", "TRUE", "true", "True" -> true;
        default -> false;
      };
    }
    return userAgent != null
        && (userAgent.startsWith("curl")
            || userAgent.startsWith("Wget")
            || userAgent.startsWith("Mozilla/5.0"));
  }
}
