package dev.kvorum.apiserver.yaml;

import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ParserException;

/** Says what is wrong with a text in upstream's words, of which those of the parser that is used here are a variation. */
final class Problems {
  /** By how the parser's words begin; the first that fits counts. */
  private static final List<Map.Entry<String, String>> WORDS = List.of(
      Map.entry("mapping values are not allowed", "mapping values are not allowed in this context"),
      Map.entry("mapping keys are not allowed", "mapping keys are not allowed in this context"),
      Map.entry(
          "sequence entries are not allowed",
          "block sequence entries are not allowed in this context"),
      Map.entry("found character ", "found character that cannot start any token"),
      Map.entry("could not find expected ':'", "could not find expected ':'"),
      Map.entry("A simple key is required", "could not find expected ':'"),
      Map.entry("expected the node content", "did not find expected node content"),
      Map.entry("expected ',' or ']'", "did not find expected ',' or ']'"),
      Map.entry("expected ',' or '}'", "did not find expected ',' or '}'"),
      Map.entry("expected '<document start>'", "did not find expected <document start>"),
      Map.entry("found undefined tag handle", "found undefined tag handle"),
      Map.entry("duplicate tag handle", "found duplicate %TAG directive"),
      Map.entry("found duplicate YAML directive", "found duplicate %YAML directive"),
      Map.entry("found unexpected document separator", "found unexpected document indicator"),
      Map.entry("found unexpected end of stream", "found unexpected end of stream"),
      Map.entry("found unknown escape character", "found unknown escape character"),
      Map.entry("expected escape sequence of", "did not find expected hexdecimal number"),
      Map.entry("expected URI escape", "did not find URI escaped octet"),
      Map.entry("expected URI", "did not find expected tag URI"),
      Map.entry("expected alphabetic", "did not find expected alphabetic or numeric character"),
      Map.entry("unexpected character", "did not find expected alphabetic or numeric character"),
      Map.entry("expected '!'", "did not find expected '!'"),
      Map.entry("expected '>'", "did not find the expected '>'"),
      Map.entry("expected indentation indicator", "found an indentation indicator equal to 0"),
      Map.entry("expected chomping", "did not find expected comment or line break"),
      Map.entry("expected a comment", "did not find expected comment or line break"),
      Map.entry("expected ' '", "did not find expected whitespace or line break"),
      Map.entry("expected a digit", "did not find expected version number"),
      Map.entry(" the leading empty lines", "did not find expected key"));

  private Problems() {}

  /**
   * In upstream's words.
   *
   * @param end the length of the text, in code points
   */
  static YamlException of(MarkedYamlEngineException e, int end) {
    // As upstream counts: what its scanner finds from 1, what its parser finds from 0.
    int line = e.getProblemMark()
        .map(mark -> e instanceof ParserException ? lineOf(mark, end) : fromOne(mark.getLine()))
        .orElse(0);
    if (line == 0) {
      line = e.getContextMark().map(Mark::getLine).orElse(0);
    }
    String where = line == 0 ? "" : "line " + line + ": ";
    return YamlException.of(where + words(e.getProblem(), String.valueOf(e.getContext())));
  }

  /** No line is named if it is the first. */
  private static int fromOne(int line) {
    return line == 0 ? 0 : line + 1;
  }

  /** The end of a text is on a line of its own. */
  private static int lineOf(Mark mark, int end) {
    return mark.getLine() + (mark.getIndex() >= end && mark.getColumn() > 0 ? 1 : 0);
  }

  private static String words(String problem, String context) {
    if (problem.startsWith("expected <block end>")) {
      return context.contains("mapping")
          ? "did not find expected key"
          : "did not find expected '-' indicator";
    }
    if (context.contains("directive") && problem.startsWith("expected alphabetic")) {
      return "could not find expected directive name";
    }
    for (Map.Entry<String, String> each : WORDS) {
      if (problem.startsWith(each.getKey())) {
        return each.getValue();
      }
    }
    return problem;
  }
}
