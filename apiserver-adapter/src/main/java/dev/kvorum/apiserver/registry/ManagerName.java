package dev.kvorum.apiserver.registry;

import dev.kvorum.apiserver.status.FieldError;
import java.util.List;

/** The name in which a client sets fields. */
public final class ManagerName {
  private ManagerName() {}

  /**
   * What is wrong with one; nothing if it is good or empty.
   *
   * @param path where it stands
   */
  public static List<FieldError> check(String name, String path) {
    return MetadataRules.manager(name, path);
  }
}
