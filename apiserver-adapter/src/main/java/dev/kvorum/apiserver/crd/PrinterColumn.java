package dev.kvorum.apiserver.crd;

/**
 * A column of the table of a custom resource.
 *
 * @param type {@code integer}, {@code number}, {@code string}, {@code boolean} or {@code date}
 * @param format may be empty
 * @param description may be empty
 * @param priority 0 for one that is always shown
 * @param jsonPath of the value, from the object, as {@code .spec.replicas}
 */
public record PrinterColumn(
    String name, String type, String format, String description, int priority, String jsonPath) {}
