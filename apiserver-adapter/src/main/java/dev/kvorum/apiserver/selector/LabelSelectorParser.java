package dev.kvorum.apiserver.selector;

import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.selector.LabelSelector.Operator;
import dev.kvorum.apiserver.selector.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Recursive descent over one selector, with the complaints of the Kubernetes API, word for word.
 *
 * <pre>
 * selector    = requirement { "," requirement }
 * requirement = [ "!" ] key | key ( "=" | "==" | "!=" | "&lt;" | "&gt;" ) [ value ] | key ( "in" | "notin" ) "(" values ")"
 * </pre>
 */
final class LabelSelectorParser {
  private enum Kind {
    END,
    IDENTIFIER,
    COMMA,
    OPEN,
    CLOSE,
    NOT,
    EQUALS,
    DOUBLE_EQUALS,
    NOT_EQUALS,
    GREATER_THAN,
    LESS_THAN,
    IN,
    NOT_IN,
    UNKNOWN
  }

  private record Token(Kind kind, String text) {
    /** Where a value is expected, the words for operators are values. */
    Token asValue() {
      return kind == Kind.IN || kind == Kind.NOT_IN ? new Token(Kind.IDENTIFIER, text) : this;
    }
  }

  private static final Map<String, Kind> WORDS = Map.ofEntries(
      Map.entry(")", Kind.CLOSE),
      Map.entry(",", Kind.COMMA),
      Map.entry("!", Kind.NOT),
      Map.entry("==", Kind.DOUBLE_EQUALS),
      Map.entry("=", Kind.EQUALS),
      Map.entry(">", Kind.GREATER_THAN),
      Map.entry("in", Kind.IN),
      Map.entry("<", Kind.LESS_THAN),
      Map.entry("!=", Kind.NOT_EQUALS),
      Map.entry("notin", Kind.NOT_IN),
      Map.entry("(", Kind.OPEN));

  private static final String OPERATORS = "in, notin, =, ==, !=, gt, lt";

  private final List<Token> tokens;
  private int next;

  LabelSelectorParser(String text) {
    tokens = scan(text);
  }

  // ---- tokens ----

  private static List<Token> scan(String text) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isSpace(c)) {
        at++;
        continue;
      }
      Token token = isSpecial(c) ? special(text, at) : word(text, at);
      tokens.add(token);
      at += token.text.length();
    }
    tokens.add(new Token(Kind.END, ""));
    return tokens;
  }

  private static Token word(String text, int from) {
    int to = from;
    while (to < text.length() && !isSpecial(text.charAt(to)) && !isSpace(text.charAt(to))) {
      to++;
    }
    String word = text.substring(from, to);
    return new Token(WORDS.getOrDefault(word, Kind.IDENTIFIER), word);
  }

  private static Token special(String text, int from) {
    for (int length = Math.min(2, text.length() - from); length > 0; length--) {
      String symbol = text.substring(from, from + length);
      Kind kind = WORDS.get(symbol);
      if (kind != null) {
        return new Token(kind, symbol);
      }
    }
    return new Token(Kind.UNKNOWN, text.substring(from, from + 1));
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isSpecial(char c) {
    return "=!(),<>".indexOf(c) >= 0;
  }

  private Token peek() {
    return tokens.get(next).asValue();
  }

  private Token take() {
    Token token = peek();
    advance();
    return token;
  }

  private Token takeOperator() {
    Token token = tokens.get(next);
    advance();
    return token;
  }

  private void advance() {
    if (next < tokens.size() - 1) {
      next++; // the end is never passed
    }
  }

  // ---- grammar ----

  List<Requirement> parse() throws SelectorException {
    List<Requirement> requirements = new ArrayList<>();
    while (true) {
      Token first = peek();
      if (first.kind == Kind.END) {
        return requirements;
      }
      if (first.kind != Kind.IDENTIFIER && first.kind != Kind.NOT) {
        throw expected(first, "!, identifier, or 'end of string'");
      }
      try {
        requirements.add(requirement());
      } catch (SelectorException e) {
        throw new SelectorException("unable to parse requirement: " + e.getMessage());
      }
      Token after = take();
      if (after.kind == Kind.END) {
        return requirements;
      }
      if (after.kind != Kind.COMMA) {
        throw expected(after, "',' or 'end of string'");
      }
      Token another = peek();
      if (another.kind != Kind.IDENTIFIER && another.kind != Kind.NOT) {
        throw expected(another, "identifier after ','");
      }
    }
  }

  private Requirement requirement() throws SelectorException {
    Token first = take();
    boolean absent = first.kind == Kind.NOT;
    Token key = absent ? take() : first;
    if (key.kind != Kind.IDENTIFIER) {
      throw expected(key, "identifier");
    }
    check("<nil>", key.text, NameRules.qualifiedName(key.text));
    if (absent) {
      return new Requirement(key.text, Operator.DOES_NOT_EXIST, List.of());
    }
    if (peek().kind == Kind.END || peek().kind == Kind.COMMA) {
      return new Requirement(key.text, Operator.EXISTS, List.of());
    }
    Token symbol = takeOperator();
    Operator operator = operator(symbol);
    if (operator == null) {
      throw expected(symbol, OPERATORS);
    }
    List<String> values =
        operator == Operator.IN || operator == Operator.NOT_IN ? values() : value();
    checkValues(key.text, operator, values);
    return new Requirement(key.text, operator, values);
  }

  private static @Nullable Operator operator(Token token) {
    return switch (token.kind) {
      case IN -> Operator.IN;
      case NOT_IN -> Operator.NOT_IN;
      case EQUALS -> Operator.EQUALS;
      case DOUBLE_EQUALS -> Operator.DOUBLE_EQUALS;
      case NOT_EQUALS -> Operator.NOT_EQUALS;
      case GREATER_THAN -> Operator.GREATER_THAN;
      case LESS_THAN -> Operator.LESS_THAN;
      case END, IDENTIFIER, COMMA, OPEN, CLOSE, NOT, UNKNOWN -> null;
    };
  }

  private List<String> value() throws SelectorException {
    if (peek().kind == Kind.END || peek().kind == Kind.COMMA) {
      return List.of("");
    }
    Token value = take();
    if (value.kind != Kind.IDENTIFIER) {
      throw expected(value, "identifier");
    }
    return List.of(value.text);
  }

  private List<String> values() throws SelectorException {
    Token open = take();
    if (open.kind != Kind.OPEN) {
      throw new SelectorException("found '" + open.text + "' expected: '('");
    }
    Token first = peek();
    if (first.kind == Kind.CLOSE) {
      take();
      return List.of();
    }
    if (first.kind != Kind.IDENTIFIER && first.kind != Kind.COMMA) {
      throw expected(first, "',', ')' or identifier");
    }
    SequencedSet<String> values = new TreeSet<>();
    while (true) {
      Token token = take();
      if (token.kind == Kind.IDENTIFIER) {
        values.add(token.text);
        Token after = peek();
        if (after.kind != Kind.COMMA && after.kind != Kind.CLOSE) {
          throw expected(after, "',' or ')'");
        }
      } else if (token.kind == Kind.COMMA) {
        // What is left out between commas is the empty value.
        if (values.isEmpty() || peek().kind == Kind.COMMA || peek().kind == Kind.CLOSE) {
          values.add("");
        }
      } else if (token.kind == Kind.CLOSE) {
        return List.copyOf(values);
      } else {
        throw expected(token, "',', or identifier");
      }
    }
  }

  // ---- complaints ----

  private static void checkValues(String key, Operator operator, List<String> values)
      throws SelectorException {
    if (values.isEmpty()) {
      throw new SelectorException(
          "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
    }
    if (operator == Operator.GREATER_THAN || operator == Operator.LESS_THAN) {
      String value = values.get(0);
      try {
        Long.parseLong(value);
      } catch (NumberFormatException e) {
        throw new SelectorException("values[0]: Invalid value: \"" + value
            + "\": for 'Gt', 'Lt' operators, the value must be an integer");
      }
    }
    for (int i = 0; i < values.size(); i++) {
      check("values[" + i + "][" + key + "]", values.get(i), NameRules.labelValue(values.get(i)));
    }
  }

  private static void check(String where, String value, List<String> wrong)
      throws SelectorException {
    if (!wrong.isEmpty()) {
      throw new SelectorException(
          where + ": Invalid value: \"" + value + "\": " + String.join("; ", wrong));
    }
  }

  private static SelectorException expected(Token found, String what) {
    return new SelectorException("found '" + found.text + "', expected: " + what);
  }
}
