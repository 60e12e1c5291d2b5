package dev.kvorum.apiserver.table;

/**
 * A column that the definition of a custom resource declares.
 *
 * @param type {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code date}
 * @param format empty for none
 * @param description empty for none
 * @param priority 0 for what is always shown
 * @param jsonPath where the value is, as {@code .spec.replicas}
 */
public record PrinterColumn(
    String name, String type, String format, String description, int priority, String jsonPath) {}
