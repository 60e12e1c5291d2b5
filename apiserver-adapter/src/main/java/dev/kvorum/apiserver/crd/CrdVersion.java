package dev.kvorum.apiserver.crd;

import dev.kvorum.apiserver.table.PrinterColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a custom resource.
 *
 * @param served whether clients see it
 * @param stored whether objects are stored in it
 * @param warning what clients of a version that will go are told; null if it stays
 * @param columns of its table; empty for the usual ones
 */
public record CrdVersion(
    String name,
    boolean served,
    boolean stored,
    @Nullable String warning,
    List<PrinterColumn> columns,
    CustomResource resource) {
  public CrdVersion {
    columns = List.copyOf(columns);
  }
}
