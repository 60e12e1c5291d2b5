package dev.kvorum.cli;

import java.util.Locale;

/**
 * One flag of {@code kvorum server}, named as etcd names it.
 *
 * @param name without dashes
 * @param kind what kind of value it takes
 * @param support what this program does with it
 * @param defaultValue shown in the help and used when neither flag nor environment gives one; may be empty
 * @param description one line for the help
 */
record Flag(String name, Kind kind, Support support, String defaultValue, String description) {
  /** What a value looks like. */
  enum Kind {
    /** {@code --flag} or {@code --flag=false}, never {@code --flag false}. */
    BOOLEAN,
    TEXT,
    INTEGER,
    /** As Go writes durations: {@code 10m}, {@code 1.5s}, {@code 100ms}. */
    DURATION
  }

  /** What becomes of the flag. */
  enum Support {
    /** It does what it does in etcd. */
    USED,
    /** Its value is told to clients that ask, and nothing else: accepted, with a warning when it is set. */
    SHOWN,
    /** It is about a part of etcd that this store does not have: accepted, with a warning when it is set. */
    NO_MEANING,
    /** It asks for protection that is not offered: starting without it would deceive, so it is an error. */
    REFUSED
  }

  /** {@code --name}. */
  String option() {
    return "--" + name;
  }

  /** The variable's name after its prefix: {@code SOME_NAME} for {@code --some-name}. */
  String environmentSuffix() {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
