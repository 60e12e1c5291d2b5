package dev.kvorum.apiserver.json;

import com.fasterxml.jackson.databind.node.DoubleNode;

/** A number that is not a whole one of 64 bits, or is not written like one. */
public final class NumberLiteral extends DoubleNode {
  private static final long serialVersionUID = 1;

  private final String literal;

  NumberLiteral(String literal) {
    super(Double.parseDouble(literal));
    this.literal = literal;
  }

  /** As it was written. */
  public String literal() {
    return literal;
  }
}
