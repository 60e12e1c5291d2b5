package dev.kvorum.apiserver.crd.schema;

import com.google.re2j.Pattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The formats that texts are checked for. Others are ignored. */
public final class Formats {
  private static final String SHORT_NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  /** By name without dashes. */
  private static final Map<String, Predicate<String>> KNOWN = new HashMap<>();

  static {
    KNOWN.put("bsonobjectid", matching("^[0-9a-fA-F]{24}$"));
    KNOWN.put("uri", UriFormat::matches);
    KNOWN.put("email", EmailFormat::matches);
    KNOWN.put("hostname", Formats::isHostname);
    KNOWN.put("ipv4", text -> text.contains(".") && IpFormats.isAddress(text, true));
    KNOWN.put("ipv6", text -> text.contains(":") && IpFormats.isAddress(text, false));
    KNOWN.put("cidr", IpFormats::isCidr);
    KNOWN.put("mac", IpFormats::isMac);
    KNOWN.put("uuid", uuid("[0-9a-f]", "[0-9a-f]"));
    KNOWN.put("uuid3", uuid("3", "[0-9a-f]"));
    KNOWN.put("uuid4", uuid("4", "[89ab]"));
    KNOWN.put("uuid5", uuid("5", "[89ab]"));
    KNOWN.put("isbn", text -> Checksums.isIsbn10(text) || Checksums.isIsbn13(text));
    KNOWN.put("isbn10", Checksums::isIsbn10);
    KNOWN.put("isbn13", Checksums::isIsbn13);
    KNOWN.put("creditcard", Checksums::isCreditCard);
    Predicate<String> ssn = matching("^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$");
    KNOWN.put("ssn", text -> text.length() == 11 && ssn.test(text));
    KNOWN.put("hexcolor", matching("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"));
    String shade = "\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*";
    KNOWN.put("rgbcolor", matching("^rgb\\(" + shade + "," + shade + "," + shade + "\\)$"));
    KNOWN.put(
        "byte",
        matching(
            "^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=|[A-Za-z0-9+\\/]{4})$"));
    KNOWN.put("password", text -> true);
    KNOWN.put("date", TimeFormats::isDate);
    KNOWN.put("datetime", TimeFormats::isDateTime);
    KNOWN.put("duration", TimeFormats::isDuration);
    KNOWN.put("k8sshortname", name("^" + SHORT_NAME + "$", 63));
    KNOWN.put("k8slongname", name("^" + SHORT_NAME + "(\\." + SHORT_NAME + ")*$", 253));
  }

  private Formats() {}

  /** Whether values of those types are checked for such a format. */
  static boolean isFor(List<String> types, String format) {
    return isFor(types.size() == 1 ? types.getFirst() : "", format);
  }

  /**
   * Whether values of that type are checked for such a format.
   *
   * @param type empty for any
   */
  public static boolean isFor(String type, String format) {
    return switch (type) {
      case "", "string" -> isKnown(format);
      case "integer" -> format.equals("int32") || format.equals("int64");
      case "number" -> format.equals("float") || format.equals("double");
      default -> false;
    };
  }

  static boolean isKnown(String format) {
    return KNOWN.containsKey(format.replace("-", ""));
  }

  /** Whether a text is of a known format. */
  static boolean matches(String format, String text) {
    Predicate<String> known = KNOWN.get(format.replace("-", ""));
    return known == null || known.test(text);
  }

  private static Predicate<String> matching(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return text -> pattern.matcher(text).find();
  }

  private static Predicate<String> name(String regex, int max) {
    Predicate<String> matching = matching(regex);
    return text -> text.length() <= max && matching.test(text);
  }

  private static Predicate<String> uuid(String version, String variant) {
    String hex = "[0-9a-f]";
    String third = version.equals(hex) ? hex + "{4}" : version + hex + "{3}";
    String fourth = variant.equals(hex) ? hex + "{4}" : variant + hex + "{3}";
    return matching(
        "(?i)^" + hex + "{8}-?" + hex + "{4}-?" + third + "-?" + fourth + "-?" + hex + "{12}$");
  }

  private static final Pattern HOSTNAME =
      Pattern.compile("^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|"
          + "([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}"
          + "([a-zA-Z\\p{L}]){2,63})$");

  /** A name with a dot needs two letters after the last one: {@code a.b} is none. */
  private static boolean isHostname(String text) {
    if (!HOSTNAME.matcher(text).find() || IpFormats.bytes(text) > 255) {
      return false;
    }
    for (String label : text.split("\\.", -1)) {
      if (IpFormats.bytes(label) > 63) {
        return false;
      }
    }
    return true;
  }
}
