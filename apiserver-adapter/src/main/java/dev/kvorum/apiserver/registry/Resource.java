package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.apply.FieldManager;
import dev.kvorum.apiserver.apply.Versions;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.storage.StorageKeys;
import dev.kvorum.apiserver.table.TableConvertor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource in one version, with all that the verbs need of it. For all threads.
 *
 * <p>Of a resource that is served in several versions there are as many of these, which share their keys and strategy.
 */
public final class Resource {
  private final ResourceType type;
  private final StorageKeys keys;
  private final ObjectType schema;
  private final Strategy strategy;
  private final Form form;
  private final Versions versions;
  private final Fields fields;
  private final TableConvertor tables;
  private final @Nullable Scales scales;
  private final boolean custom;
  private final Map<String, FieldManager> managers = new ConcurrentHashMap<>();

  /** The fields of its objects that selectors may name. */
  public interface Fields {
    /** Whether it is this resource's affair which there are; or else only name and namespace may be named. */
    boolean any();

    /** Whether there is such a field. */
    boolean knows(String field);

    /** What it is in an object, in the version of the path. */
    String value(JsonNode object, String field);
  }

  /**
   * Puts one together.
   *
   * @param custom whether somebody has defined it, rather than that every server has it
   */
  public Resource(
      ResourceType type,
      StorageKeys keys,
      ObjectType schema,
      Strategy strategy,
      Form form,
      Versions versions,
      Fields fields,
      TableConvertor tables,
      @Nullable Scales scales,
      boolean custom) {
    this.type = type;
    this.keys = keys;
    this.schema = schema;
    this.strategy = strategy;
    this.form = form;
    this.versions = versions;
    this.fields = fields;
    this.tables = tables;
    this.scales = scales;
    this.custom = custom;
  }

  public ResourceType type() {
    return type;
  }

  public GroupVersionKind kind() {
    return type.kind();
  }

  /** As messages name it. */
  public GroupResource name() {
    return new GroupResource(type.groupVersion().group(), type.name());
  }

  public StorageKeys keys() {
    return keys;
  }

  public ObjectType schema() {
    return schema;
  }

  public Strategy strategy() {
    return strategy;
  }

  public Form form() {
    return form;
  }

  public Fields fields() {
    return fields;
  }

  /** Makes tables of its objects, in the version of the path. */
  public TableConvertor tables() {
    return tables;
  }

  /** How many there shall be of what an object stands for; null if its objects do not say. */
  public @Nullable Scales scales() {
    return scales;
  }

  public boolean custom() {
    return custom;
  }

  public boolean hasStatus() {
    return type.subresource("status") != null;
  }

  /**
   * Who keeps the owners of fields that are written through a path.
   *
   * @param subresource empty for the object's own
   */
  public FieldManager manager(String subresource) {
    return managers.computeIfAbsent(
        subresource, path -> new FieldManager(type.kind(), versions, path, fixedFields(path)));
  }

  private List<String> fixedFields(String subresource) {
    return switch (subresource) {
      case "" -> hasStatus() ? List.of("status") : List.of();
      case "status" ->
        custom
            ? List.of("spec", "metadata")
            : strategy.traits().statusKeepsLabels()
                ? List.of("spec", "metadata.labels")
                : List.of("spec");
      default -> List.of();
    };
  }

  @Override
  public String toString() {
    return type.groupVersion() + " " + type.name();
  }
}
