package dev.kvorum.apiserver.registry;

import java.util.random.RandomGenerator;

/** Makes names from {@code metadata.generateName}. */
final class GeneratedNames {
  private static final int MAX_NAME = 63;
  private static final int SUFFIX = 5;

  /** No vowels, and nothing that looks like another: no words come about. */
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private GeneratedNames() {}

  static String name(String prefix, RandomGenerator random) {
    StringBuilder name =
        new StringBuilder(prefix.substring(0, Math.min(prefix.length(), MAX_NAME - SUFFIX)));
    for (int i = 0; i < SUFFIX; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return name.toString();
  }
}
