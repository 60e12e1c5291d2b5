package dev.kvorum.apiserver.table;

/** Fills the row of an object. Whatever the object lacks has the zero value of its type. */
@FunctionalInterface
interface Printer {
  void print(Row row);
}
