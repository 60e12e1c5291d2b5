package dev.kvorum.grpc.metrics;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page in Prometheus' text format, read so strictly that whatever Prometheus might stumble over is an error. */
public final class Exposition {
  private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\\S.*)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)");
  private static final Pattern SAMPLE = Pattern.compile(
      "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (NaN|[+-]Inf|-?[0-9.]+(?:[eE][+-]?[0-9]+)?)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(?:,|$)");

  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, Double> samples = new LinkedHashMap<>();
  private String family = "";
  private String help = "";
  private Map<String, Long> buckets = Map.of();

  private Exposition() {}

  /**
   * Reads a page.
   *
   * @throws IllegalArgumentException if anything about it is wrong
   */
  public static Exposition parse(String page) {
    Exposition exposition = new Exposition();
    if (!page.endsWith("\n")) {
      throw new IllegalArgumentException("the last line has no end");
    }
    for (String line : page.substring(0, page.length() - 1).split("\n", -1)) {
      try {
        exposition.read(line);
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("at: " + line, e);
      }
    }
    return exposition;
  }

  /** What kind of metric each name is. */
  public Map<String, String> types() {
    return types;
  }

  /** The value of each series, labels in order. */
  public Map<String, Double> samples() {
    return samples;
  }

  private void read(String line) {
    Matcher described = HELP.matcher(line);
    Matcher typed = TYPE.matcher(line);
    Matcher sampled = SAMPLE.matcher(line);
    if (described.matches()) {
      help = described.group(1);
    } else if (typed.matches()) {
      family = typed.group(1);
      check(family.equals(help), "type without help before it");
      check(types.put(family, typed.group(2)) == null, "a second time");
    } else if (sampled.matches()) {
      read(sampled);
    } else {
      throw new IllegalArgumentException("neither comment nor sample");
    }
  }

  private void read(Matcher sample) {
    String name = sample.group(1);
    Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2));
    boolean histogram = "histogram".equals(types.get(family));
    check(
        histogram
            ? Set.of(family + "_bucket", family + "_sum", family + "_count").contains(name)
            : name.equals(family),
        "a sample of another metric");
    double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
    check(!"counter".equals(types.get(family)) || value >= 0, "a negative counter");
    check(samples.put(name + labels, value) == null, "a second time");
    if (histogram) {
      readHistogram(name, labels, (long) value);
    }
  }

  private void readHistogram(String name, Map<String, String> labels, long value) {
    if (name.endsWith("_bucket")) {
      String bound = labels.remove("le");
      if (bound == null) {
        throw new IllegalArgumentException("a bucket without a bound");
      }
      if (buckets.isEmpty()) {
        buckets = new LinkedHashMap<>();
      }
      buckets.forEach((lower, count) -> {
        check(number(bound) > number(lower), "bounds do not ascend");
        check(value >= count, "a bucket with less than the one before");
      });
      buckets.put(bound, value);
    } else if (name.endsWith("_count")) {
      check(buckets.containsKey("+Inf"), "no bucket for the rest");
      check(Objects.equals(buckets.get("+Inf"), value), "the count is not that of the last bucket");
      buckets = Map.of();
    }
  }

  private static double number(String bound) {
    return Double.parseDouble(bound.replace("Inf", "Infinity"));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    Matcher label = LABEL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      check(label.find(at) && label.start() == at, "no label at " + at);
      check(seen.add(label.group(1)), "a label twice");
      labels.put(label.group(1), label.group(2));
      at = label.end();
    }
    check(!text.endsWith(","), "a comma at the end");
    return labels;
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
