package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.discovery.AggregatedDiscovery;
import dev.kvorum.apiserver.discovery.DiscoveryLists;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.ResourceTypes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the server says of its groups and resources, below {@code /api} and {@code /apis}. For all threads. */
final class DiscoveryPages {
  private final Supplier<ResourceTypes> types;
  private final Answers answers;
  private final String serverAddress;

  /**
   * Makes them.
   *
   * @param types those that are served, as of now
   * @param serverAddress where clients reach this server, with its port
   */
  DiscoveryPages(Supplier<ResourceTypes> types, Answers answers, String serverAddress) {
    this.types = types;
    this.answers = answers;
    this.serverAddress = serverAddress;
  }

  /** The answer to a request for one of them; null if the path is none of theirs. */
  @Nullable
  HttpResponse find(HttpRequest request, String path) {
    String[] parts = path.strip().replaceAll("^/|/$", "").split("/", -1);
    boolean core = parts[0].equals("api");
    if (!core && !parts[0].equals("apis")) {
      return null;
    }
    List<ApiGroup> groups = types.get().groups();
    if (parts.length == 1) {
      String version = aggregated(request);
      return version == null
          ? answers.document(
              core ? coreVersions(groups) : DiscoveryLists.groupList(groups), request)
          : aggregated(request, groups, core, version);
    }
    ApiGroup group = group(groups, core ? "" : parts[1]);
    int at = core ? 1 : 2;
    if (group == null || parts.length > at + 1) {
      return null;
    }
    if (parts.length == at) {
      return answers.document(DiscoveryLists.group(group), request);
    }
    for (ApiVersion version : group.versions()) {
      if (version.groupVersion().version().equals(parts[at])) {
        return answers.document(DiscoveryLists.resourceList(version), request);
      }
    }
    return null;
  }

  private JsonNode coreVersions(List<ApiGroup> groups) {
    ApiGroup core = group(groups, "");
    if (core == null) {
      throw new IllegalStateException("there is no core group");
    }
    return DiscoveryLists.coreVersions(core, serverAddress);
  }

  private static @Nullable ApiGroup group(List<ApiGroup> groups, String name) {
    for (ApiGroup group : groups) {
      if (group.name().equals(name)) {
        return group;
      }
    }
    return null;
  }

  /** The version of the one document of all that a client wants; null if it wants the lists. */
  private static @Nullable String aggregated(HttpRequest request) {
    for (String clause : String.join(",", request.headers().all("Accept")).split(",", -1)) {
      String text = clause.replace(" ", "").toLowerCase(Locale.ROOT);
      if (text.contains("g=apidiscovery.k8s.io") && text.contains("as=apigroupdiscoverylist")) {
        if (text.contains("v=v2beta1")) {
          return "v2beta1";
        }
        if (text.contains("v=v2")) {
          return "v2";
        }
      } else if (text.startsWith("application/json") || text.startsWith("*/*")) {
        return null;
      }
    }
    return null;
  }

  private static HttpResponse aggregated(
      HttpRequest request, List<ApiGroup> groups, boolean core, String version) {
    List<ApiGroup> told =
        groups.stream().filter(group -> group.name().isEmpty() == core).toList();
    JsonNode document = AggregatedDiscovery.of(told, version);
    byte[] body = (document.toString() + "\n").getBytes(StandardCharsets.UTF_8);
    String tag = "\"" + digest(body) + "\"";
    HttpFields headers = HttpFields.builder()
        .add("Cache-Control", "public")
        .add(
            "Content-Type",
            "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList")
        .add("ETag", tag)
        .add("Vary", "Accept")
        .build();
    return tag.equals(request.headers().first("If-None-Match"))
        ? new HttpResponse(304, headers, new byte[0])
        : new HttpResponse(200, headers, body);
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of()
          .withUpperCase()
          .formatHex(MessageDigest.getInstance("SHA-512").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-512", e);
    }
  }
}
