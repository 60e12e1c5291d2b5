package dev.kvorum.apiserver.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** An applied configuration wants other values for fields that others own. */
public final class ApplyConflict extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * One field that another owns.
   *
   * @param message says who
   * @param field as {@code .spec.replicas}
   */
  public record Cause(String message, String field) {}

  private final transient SortedMap<ManagerId, FieldSet> contested;

  ApplyConflict(SortedMap<ManagerId, FieldSet> contested) {
    super(message(contested));
    this.contested = contested;
  }

  /** Each field with its owner, as the details of a {@code Status} have it. */
  public List<Cause> causes() {
    List<Cause> causes = new ArrayList<>();
    contested.forEach((owner, fields) -> fields.forEach(
        path -> causes.add(new Cause("conflict with " + owner, FieldSet.text(path)))));
    return causes;
  }

  SortedMap<ManagerId, FieldSet> contested() {
    return contested;
  }

  /** What is left of it when nobody minds about {@code allowed}. */
  ApplyConflict without(FieldSet allowed) {
    SortedMap<ManagerId, FieldSet> rest = new TreeMap<>();
    contested.forEach((owner, fields) -> {
      FieldSet left = fields.difference(allowed);
      if (!left.isEmpty()) {
        rest.put(owner, left);
      }
    });
    return new ApplyConflict(rest);
  }

  private static String message(SortedMap<ManagerId, FieldSet> contested) {
    List<String> lines = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    contested.forEach((owner, owned) -> {
      lines.add("conflicts with " + owner + ":");
      owned.forEach(path -> {
        fields.add(FieldSet.text(path));
        lines.add("- " + FieldSet.text(path));
      });
    });
    return fields.size() == 1
        ? "Apply failed with 1 conflict: conflict with " + contested.firstKey() + ": "
            + fields.getFirst()
        : "Apply failed with " + fields.size() + " conflicts: " + String.join("\n", lines);
  }
}
