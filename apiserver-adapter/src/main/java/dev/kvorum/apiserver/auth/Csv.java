package dev.kvorum.apiserver.auth;

import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values as Go reads them: fields may stand in double quotes, in which two stand for one and lines may
 * end; empty lines are skipped; a quote inside a field without quotes is an error.
 */
final class Csv {
  private final String text;
  private int position;
  private int line = 1;

  private Csv(String text) {
    this.text = text;
  }

  /**
   * Reads records.
   *
   * @throws IllegalArgumentException if this is none; the message names the line
   */
  static List<List<String>> parse(String text) {
    return new Csv(text.replace("\r\n", "\n")).records();
  }

  private List<List<String>> records() {
    List<List<String>> records = new ArrayList<>();
    while (position < text.length()) {
      if (text.charAt(position) == '\n') {
        position++;
        line++;
      } else {
        records.add(record());
      }
    }
    return records;
  }

  private List<String> record() {
    List<String> fields = new ArrayList<>();
    while (true) {
      fields.add(position < text.length() && text.charAt(position) == '"' ? quoted() : bare());
      if (position >= text.length()) {
        return fields;
      }
      if (text.charAt(position++) == '\n') {
        line++;
        return fields;
      }
    }
  }

  private String bare() {
    int start = position;
    while (position < text.length()
        && text.charAt(position) != ','
        && text.charAt(position) != '\n') {
      if (text.charAt(position) == '"') {
        throw new IllegalArgumentException("line " + line + ": bare \" in non-quoted field");
      }
      position++;
    }
    return text.substring(start, position);
  }

  private String quoted() {
    int begun = line;
    StringBuilder field = new StringBuilder();
    position++;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '\n') {
        line++;
      }
      if (c != '"') {
        field.append(c);
      } else if (position < text.length() && text.charAt(position) == '"') {
        field.append('"');
        position++;
      } else if (position == text.length()
          || text.charAt(position) == ','
          || text.charAt(position) == '\n') {
        return field.toString();
      } else {
        throw new IllegalArgumentException(
            "line " + line + ": extraneous or missing \" in quoted-field");
      }
    }
    throw new IllegalArgumentException("line " + begun + ": a quote is not closed");
  }
}
