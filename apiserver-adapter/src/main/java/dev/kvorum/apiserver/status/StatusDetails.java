package dev.kvorum.apiserver.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupResource;
import java.util.List;

/**
 * What a {@link Status} is about. Strings are empty where there is nothing to say.
 *
 * @param kind the resource in plural; for an invalid object, its kind
 * @param causes each thing that is wrong
 * @param retryAfterSeconds when to ask again; 0 if that is not said
 */
public record StatusDetails(
    String name, String group, String kind, String uid, List<Cause> causes, int retryAfterSeconds) {

  /**
   * One thing that is wrong.
   *
   * @param reason for programs; may be empty
   * @param field the path of the field; empty if it is about none
   */
  public record Cause(String reason, String message, String field) {}

  public StatusDetails {
    causes = List.copyOf(causes);
  }

  static StatusDetails of(GroupResource resource, String name) {
    return new StatusDetails(name, resource.group(), resource.resource(), "", List.of(), 0);
  }

  static StatusDetails of(List<Cause> causes) {
    return new StatusDetails("", "", "", "", causes, 0);
  }

  StatusDetails withRetryAfter(int seconds) {
    return new StatusDetails(name, group, kind, uid, causes, seconds);
  }

  StatusDetails withCause(Cause cause) {
    return new StatusDetails(name, group, kind, uid, List.of(cause), retryAfterSeconds);
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json, "name", name);
    put(json, "group", group);
    put(json, "kind", kind);
    put(json, "uid", uid);
    if (!causes.isEmpty()) {
      ArrayNode list = json.putArray("causes");
      for (Cause cause : causes) {
        ObjectNode entry = list.addObject();
        put(entry, "reason", cause.reason());
        put(entry, "message", cause.message());
        put(entry, "field", cause.field());
      }
    }
    if (retryAfterSeconds > 0) {
      json.put("retryAfterSeconds", retryAfterSeconds);
    }
    return json;
  }

  private static void put(ObjectNode json, String name, String value) {
    if (!value.isEmpty()) {
      json.put(name, value);
    }
  }
}
