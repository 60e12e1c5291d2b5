package dev.kvorum.apiserver.crd;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of the names of versions in which clients prefer them: stable ones, then beta, then alpha ones, each with the
 * highest number first, then all other names by the alphabet.
 */
public final class VersionOrder implements Comparator<String> {
  public static final VersionOrder PREFERRED_FIRST = new VersionOrder();

  private static final Pattern VERSION =
      Pattern.compile("v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?");

  private VersionOrder() {}

  @Override
  public int compare(String one, String other) {
    Matcher first = VERSION.matcher(one);
    Matcher second = VERSION.matcher(other);
    boolean known = first.matches();
    if (!known || !second.matches()) {
      return known ? -1 : second.matches() ? 1 : one.compareTo(other);
    }
    int byStability = Integer.compare(stability(second), stability(first));
    if (byStability != 0) {
      return byStability;
    }
    int byMajor = Integer.compare(number(second, 1), number(first, 1));
    return byMajor != 0 ? byMajor : Integer.compare(number(second, 3), number(first, 3));
  }

  private static int stability(Matcher version) {
    String word = version.group(2);
    return word == null ? 2 : word.equals("beta") ? 1 : 0;
  }

  private static int number(Matcher version, int group) {
    String digits = version.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
