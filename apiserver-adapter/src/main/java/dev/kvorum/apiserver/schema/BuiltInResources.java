package dev.kvorum.apiserver.schema;

import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The resources that every Kubernetes has. In their table, a version is below its group, a resource below its version and a
 * subresource below its resource, each indented by one more space.
 */
public final class BuiltInResources {
  private final Set<Stability> wanted;
  private final List<ApiGroup> groups = new ArrayList<>();
  private final List<ApiVersion> versions = new ArrayList<>();
  private final List<ResourceType> resources = new ArrayList<>();
  private final List<Subresource> subresources = new ArrayList<>();
  private @Nullable String group;
  private @Nullable GroupVersion version;
  private String @Nullable [] resource;

  private BuiltInResources(Set<Stability> wanted) {
    this.wanted = wanted;
  }

  /** Reads those in versions that are that stable. A group without such a version is left out. */
  public static ResourceTypes read(Set<Stability> wanted) {
    BuiltInResources reader = new BuiltInResources(wanted);
    for (String line : Tables.lines("resources.txt")) {
      reader.line(line);
    }
    reader.endGroup();
    return new ResourceTypes(reader.groups);
  }

  private void line(String line) {
    String[] words = line.strip().split(" ", -1);
    switch (line.length() - line.stripLeading().length()) {
      case 0 -> {
        endGroup();
        group = words.length > 1 ? words[1] : "";
      }
      case 1 -> {
        endVersion();
        version = new GroupVersion(current(group), words[1]);
      }
      case 2 -> {
        endResource();
        resource = words;
      }
      default -> subresources.add(new Subresource(words[0], kind(words[1]), words(words[2])));
    }
  }

  private void endGroup() {
    endVersion();
    if (group != null && !versions.isEmpty()) {
      groups.add(new ApiGroup(group, versions));
    }
    versions.clear();
    group = null;
  }

  private void endVersion() {
    endResource();
    if (version != null && wanted.contains(version.stability())) {
      versions.add(new ApiVersion(version, resources));
    }
    resources.clear();
    version = null;
  }

  private void endResource() {
    if (resource != null) {
      resources.add(resource(resource));
    }
    subresources.clear();
    resource = null;
  }

  private ResourceType resource(String[] words) {
    GroupVersionKind kind = kind(words[2]);
    List<String> shortNames = List.of();
    List<String> categories = List.of();
    GroupVersion storedAs = null;
    String listKind = kind.kind() + "List";
    for (int i = 5; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String value = words[i].substring(equals + 1);
      switch (words[i].substring(0, equals)) {
        case "short" -> shortNames = words(value);
        case "in" -> categories = words(value);
        case "list" -> listKind = value;
        case "stored" -> storedAs = GroupVersion.parse(value);
        default -> throw new IllegalStateException("the program's tables say " + words[i]);
      }
    }
    return new ResourceType(
        current(version),
        words[0],
        words[1],
        kind,
        listKind,
        words[3].equals("namespaced"),
        words(words[4]),
        shortNames,
        categories,
        subresources,
        storedAs);
  }

  /** A kind of this version, unless it is written with another. */
  private GroupVersionKind kind(String written) {
    int slash = written.lastIndexOf('/');
    return slash < 0
        ? current(version).kind(written)
        : GroupVersion.parse(written.substring(0, slash)).kind(written.substring(slash + 1));
  }

  private static List<String> words(String list) {
    return List.of(list.split(",", -1));
  }

  private static <T> T current(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the program's tables begin in the middle");
    }
    return value;
  }
}
