package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Where two trees differ, one line each. */
final class Differences {
  private Differences() {}

  static List<String> between(JsonNode theirs, JsonNode ours) {
    List<String> found = new ArrayList<>();
    compare("", theirs, ours, found);
    return found;
  }

  private static void compare(String path, JsonNode theirs, JsonNode ours, List<String> found) {
    if (theirs.equals(ours)) {
      return;
    }
    if (theirs.isObject() && ours.isObject()) {
      Set<String> names = new TreeSet<>();
      theirs.fieldNames().forEachRemaining(names::add);
      ours.fieldNames().forEachRemaining(names::add);
      names.forEach(name -> compare(path + " " + name, theirs.path(name), ours.path(name), found));
    } else if (theirs.isArray() && ours.isArray() && theirs.size() == ours.size()) {
      for (int i = 0; i < theirs.size(); i++) {
        compare(path + " " + i, theirs.get(i), ours.get(i), found);
      }
    } else {
      found.add(path.strip() + ": " + shown(theirs) + " there, " + shown(ours) + " here");
    }
  }

  private static String shown(JsonNode node) {
    return node instanceof MissingNode ? "nothing" : node.toString();
  }
}
