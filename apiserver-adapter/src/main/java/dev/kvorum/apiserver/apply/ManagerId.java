package dev.kvorum.apiserver.apply;

import java.util.Comparator;

/**
 * What makes two entries of {@code managedFields} one and the same.
 *
 * @param apiVersion of what was written; empty for one who applies, who is the same in every version
 * @param subresource through which was written; empty for the object itself
 */
record ManagerId(String manager, Operation operation, String apiVersion, String subresource)
    implements Comparable<ManagerId> {
  private static final Comparator<ManagerId> ORDER = Comparator.comparing(ManagerId::manager)
      .thenComparing(ManagerId::operation)
      .thenComparing(ManagerId::apiVersion)
      .thenComparing(ManagerId::subresource);

  enum Operation {
    APPLY("Apply"),
    UPDATE("Update");

    private final String word;

    Operation(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  static ManagerId applying(String manager, String subresource) {
    return new ManagerId(manager, Operation.APPLY, "", subresource);
  }

  static ManagerId updating(String manager, String apiVersion, String subresource) {
    return new ManagerId(manager, Operation.UPDATE, apiVersion, subresource);
  }

  @Override
  public int compareTo(ManagerId other) {
    return ORDER.compare(this, other);
  }

  /** As messages about conflicts have it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("\"").append(manager).append('"');
    if (!subresource.isEmpty()) {
      text.append(" with subresource \"").append(subresource).append('"');
    }
    if (operation == Operation.UPDATE) {
      text.append(" using ").append(apiVersion);
    }
    return text.toString();
  }
}
