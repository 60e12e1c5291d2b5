package dev.kvorum.apiserver.openapi;

import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How operations, their tags and definitions are called. */
final class Names {
  private Names() {}

  /** The path of a version's document and, after a slash, that of its resources. */
  static String path(GroupVersion version) {
    return version.group().isEmpty()
        ? "api/" + version.version()
        : "apis/" + version.group() + "/" + version.version();
  }

  /** A group as a word: {@code rbac.authorization.k8s.io} is {@code rbacAuthorization}. */
  static String group(String group) {
    String name = group.isEmpty() ? "core" : group;
    return word(
        name.endsWith(".k8s.io") ? name.substring(0, name.length() - ".k8s.io".length()) : name);
  }

  static String tag(GroupVersion version) {
    return group(version.group()) + "_" + word(version.version());
  }

  /** An operation's name: what it does, then the version, then to what. */
  static String operation(String verb, GroupVersion version, String object) {
    return verb + capital(group(version.group())) + capital(word(version.version())) + object;
  }

  static String capital(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /** Letters and digits only; what follows anything else is capital. */
  private static String word(String text) {
    StringBuilder word = new StringBuilder();
    boolean capital = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '_') {
        capital = true;
        continue;
      }
      word.append(capital ? Character.toUpperCase(c) : c);
      capital = false;
    }
    return word.toString();
  }

  /** The definition of a custom kind: {@code example.com/v1 Widget} is {@code com.example.v1.Widget}. */
  static String definition(GroupVersionKind kind) {
    List<String> parts = Arrays.asList(kind.group().split("\\.", -1));
    Collections.reverse(parts);
    return String.join(".", parts) + "." + kind.version() + "." + kind.kind();
  }

  static String last(String definition) {
    return definition.substring(definition.lastIndexOf('.') + 1);
  }
}
