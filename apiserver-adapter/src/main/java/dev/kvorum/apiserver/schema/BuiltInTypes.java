package dev.kvorum.apiserver.schema;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The types of the kinds that every Kubernetes has. A package's table is read when one of its types is first asked for, a
 * type's lines when its fields are.
 */
public final class BuiltInTypes implements Types {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1";
  private static final GroupVersion META_GROUP = new GroupVersion("meta.k8s.io", "v1");

  private static final class Instance {
    static final BuiltInTypes VALUE = new BuiltInTypes();
  }

  /** By group and version, except for those of {@link #META}, which stand beside the core group's. */
  private final Map<GroupVersion, String> packages = new HashMap<>();

  /** By package. */
  private final Map<String, GroupVersion> versions = new HashMap<>();

  private final Set<String> packageNames = new TreeSet<>();
  private final Map<String, TypeTable> tables = new ConcurrentHashMap<>();

  /** The one there is. */
  public static BuiltInTypes get() {
    return Instance.VALUE;
  }

  private BuiltInTypes() {
    for (String line : Tables.lines("packages.txt")) {
      int space = line.indexOf(' ');
      String name = fullName(line.substring(0, space));
      packageNames.add(name);
      if (!name.equals(META) && !line.endsWith(" -")) {
        GroupVersion version = GroupVersion.parse(line.substring(space + 1));
        packages.put(version, name);
        versions.put(name, version);
      }
    }
  }

  /** The packages that definitions are in. */
  Set<String> packageNames() {
    return packageNames;
  }

  @Override
  public @Nullable ObjectType find(GroupVersionKind kind) {
    GroupVersion version = kind.groupVersion();
    String home = packages.get(version);
    if (home != null && table(home).isKind(kind.kind())) {
      return table(home).type(kind.kind());
    }
    TypeTable meta = table(META);
    boolean fits = version.equals(META_GROUP)
        ? meta.has(kind.kind())
        : version.toString().equals("v1")
            ? meta.isKind(kind.kind())
            : meta.isKindAnywhere(kind.kind());
    return fits ? meta.type(kind.kind()) : null;
  }

  /** The type with a definition's name, as {@code io.k8s.api.core.v1.Pod}; null if there is none. */
  public @Nullable ObjectType find(String definition) {
    int dot = definition.lastIndexOf('.');
    if (dot < 0 || !packageNames.contains(definition.substring(0, dot))) {
      return null;
    }
    TypeTable table = table(definition.substring(0, dot));
    String name = definition.substring(dot + 1);
    return table.has(name) ? table.type(name) : null;
  }

  /**
   * The kind whose objects a definition describes; null if it describes none. Kinds that exist in every group and version
   * have it in the core group's.
   */
  public @Nullable GroupVersionKind kindOf(String definition) {
    int dot = definition.lastIndexOf('.');
    if (dot < 0 || !packageNames.contains(definition.substring(0, dot))) {
      return null;
    }
    String home = definition.substring(0, dot);
    String name = definition.substring(dot + 1);
    if (!table(home).isKind(name)) {
      return null;
    }
    if (home.equals(META)) {
      return GroupVersion.parse("v1").kind(name);
    }
    GroupVersion version = versions.get(home);
    return version == null ? null : version.kind(name);
  }

  TypeTable table(String home) {
    return tables.computeIfAbsent(home, name -> new TypeTable(this, name));
  }

  /** A package's name as tables shorten it. */
  static String shortName(String home) {
    return home.startsWith("io.k8s.api.") ? home.substring("io.k8s.api.".length()) : home;
  }

  static String fullName(String written) {
    return written.startsWith("io.k8s.") ? written : "io.k8s.api." + written;
  }
}
