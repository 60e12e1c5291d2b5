package dev.kvorum.apiserver.schema;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a strategic merge patch treats a field.
 *
 * @param strategies in the order of the schema, not empty
 * @param mergeKey what identifies the elements of a merged list; null for one of scalars, and for what is no list
 */
public record PatchRule(List<Strategy> strategies, @Nullable String mergeKey) {

  /** The strategies there are. */
  public enum Strategy {
    MERGE("merge"),
    REPLACE("replace"),
    RETAIN_KEYS("retainKeys");

    private final String word;

    Strategy(String word) {
      this.word = word;
    }

    /** As schemas write it. */
    public String word() {
      return word;
    }
  }

  public PatchRule {
    strategies = List.copyOf(strategies);
    if (strategies.isEmpty()) {
      throw new IllegalArgumentException("no strategy");
    }
  }

  public boolean has(Strategy strategy) {
    return strategies.contains(strategy);
  }

  /**
   * Reads a rule as schemas write it.
   *
   * @param strategies separated by commas
   * @throws IllegalArgumentException if one of them is unknown
   */
  public static PatchRule parse(String strategies, @Nullable String mergeKey) {
    List<Strategy> parsed = new ArrayList<>();
    for (String word : strategies.split(",", -1)) {
      parsed.add(strategy(word));
    }
    return new PatchRule(parsed, mergeKey);
  }

  private static Strategy strategy(String word) {
    for (Strategy strategy : Strategy.values()) {
      if (strategy.word.equals(word)) {
        return strategy;
      }
    }
    throw new IllegalArgumentException("unknown patch strategy \"" + word + "\"");
  }
}
