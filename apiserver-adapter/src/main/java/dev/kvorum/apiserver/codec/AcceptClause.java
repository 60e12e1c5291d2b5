package dev.kvorum.apiserver.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A media type that a client accepts.
 *
 * @param params all but {@code q}
 */
record AcceptClause(String type, String subtype, float quality, Map<String, String> params) {
  /** More than any client sends; what comes after them is not looked at. */
  private static final int MAX_CLAUSES = 100;

  /** The clauses of a header, the best first. What is none is skipped. */
  static List<AcceptClause> parse(String header) {
    List<AcceptClause> sorted = new ArrayList<>();
    int clauses = 0;
    for (String part : header.split(",", MAX_CLAUSES + 1)) {
      if (++clauses > MAX_CLAUSES) {
        break;
      }
      AcceptClause clause = clause(part.strip());
      if (clause == null) {
        continue;
      }
      // Better is no order: a clause without a star may pass one with a higher quality. So the way
      // of sorting counts.
      int at = sorted.size();
      while (at > 0 && clause.isBetterThan(sorted.get(at - 1))) {
        at--;
      }
      sorted.add(at, clause);
    }
    return sorted;
  }

  private static @Nullable AcceptClause clause(String text) {
    String[] parts = text.split(";", -1);
    String[] names = parts[0].split("/", -1);
    String type = names[0].strip();
    String subtype;
    if (names.length == 1 || (names.length == 2 && names[1].isEmpty())) {
      if (!type.equals("*")) {
        return null;
      }
      subtype = "*";
    } else if (names.length == 2 || (names.length == 3 && names[2].isEmpty())) {
      subtype = names[1].strip();
    } else {
      return null;
    }
    float quality = 1;
    Map<String, String> params = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals < 0) {
        continue;
      }
      String name = parts[i].substring(0, equals).strip();
      String value = parts[i].substring(equals + 1);
      if (value.isEmpty() || value.indexOf('=') >= 0) {
        continue;
      }
      if (name.equals("q")) {
        quality = quality(value);
      } else {
        params.put(name, value.strip());
      }
    }
    return new AcceptClause(type, subtype, quality, Map.copyOf(params));
  }

  private static float quality(String text) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private boolean isBetterThan(AcceptClause other) {
    return quality > other.quality
        || (!type.equals("*") && other.type.equals("*"))
        || (!subtype.equals("*") && other.subtype.equals("*"));
  }

  boolean matches(MediaType offered) {
    boolean anyType = type.equals("*") && subtype.equals("*");
    return anyType
        || (type.equals(MediaType.TOP)
            && (subtype.equals("*") || subtype.equals(offered.subtype())));
  }
}
