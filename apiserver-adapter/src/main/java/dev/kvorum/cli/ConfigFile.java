package dev.kvorum.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kvorum.cli.Flag.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file that says what flags would, in YAML or JSON, with etcd's keys: those of flags, except that TLS is in two maps of
 * its own and that durations may be numbers, of nanoseconds.
 */
final class ConfigFile {
  /** Maps within the file, and how a flag's name follows from a key in them. */
  private static final Map<String, Map<String, String>> SECTIONS = Map.of(
      "client-transport-security",
      Map.of(
          "allowed-hostname", "client-cert-allowed-hostname",
          "crl-file", "client-crl-file"),
      "peer-transport-security",
      Map.of(
          "cert-file", "peer-cert-file",
          "key-file", "peer-key-file",
          "client-cert-file", "peer-client-cert-file",
          "client-key-file", "peer-client-key-file",
          "client-cert-auth", "peer-client-cert-auth",
          "trusted-ca-file", "peer-trusted-ca-file",
          "auto-tls", "peer-auto-tls",
          "allowed-cn", "peer-cert-allowed-cn",
          "allowed-hostname", "peer-cert-allowed-hostname",
          "crl-file", "peer-crl-file"),
      "socket-options",
      Map.of("reuse-port", "socket-reuse-port", "reuse-address", "socket-reuse-address"));

  /** Keys of etcd's that are not their flag's name. */
  private static final Map<String, String> OTHER_NAMES = Map.of(
      "experimental-snapshot-catch-up-entries", "snapshot-catchup-entries",
      "skip-client-san-verification", "peer-skip-client-san-verification");

  /** Maps that are about parts of etcd which this store does not have. */
  private static final List<String> IGNORED = List.of("discovery-config");

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @return values by the names of flags, as text; a key that nobody knows keeps its name
   * @throws UsageException if it cannot be read or has something else than values where values belong
   */
  static Map<String, String> read(Path file) {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException missing) {
      throw new UsageException("--config-file: " + file + " does not exist");
    } catch (JsonProcessingException malformed) {
      throw new UsageException(
          "--config-file: " + file + " cannot be read: " + malformed.getOriginalMessage()
              + (malformed.getLocation() == null
                  ? ""
                  : " (line " + malformed.getLocation().getLineNr() + ")"));
    } catch (IOException failure) {
      throw new UsageException(
          "--config-file: " + file + " cannot be read: " + failure.getMessage());
    }
    Map<String, String> values = new LinkedHashMap<>();
    if (root == null || root.isMissingNode() || root.isNull()) {
      return values;
    }
    if (!root.isObject()) {
      throw new UsageException("--config-file: " + file + " is not a map of keys to values");
    }
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      Map<String, String> section = SECTIONS.get(entry.getKey());
      if (section != null) {
        if (!entry.getValue().isObject() && !entry.getValue().isNull()) {
          throw new UsageException("--config-file: " + file + ": invalid " + entry.getKey());
        }
        for (Map.Entry<String, JsonNode> inner : entry.getValue().properties()) {
          String key = OTHER_NAMES.getOrDefault(inner.getKey(), inner.getKey());
          put(values, section.getOrDefault(key, key), inner.getValue(), file);
        }
      } else if (!IGNORED.contains(entry.getKey())) {
        put(
            values,
            OTHER_NAMES.getOrDefault(entry.getKey(), entry.getKey()),
            entry.getValue(),
            file);
      }
    }
    return values;
  }

  private static void put(Map<String, String> values, String name, JsonNode value, Path file) {
    if (value.isNull()) {
      return;
    }
    if (value.isObject()) {
      throw new UsageException("--config-file: " + file + ": " + name + " must not be a map");
    }
    if (!value.isArray()) {
      values.put(name, text(name, value));
      return;
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : value) {
      if (part.isContainerNode()) {
        throw new UsageException(
            "--config-file: " + file + ": " + name + " must be a list of plain values");
      }
      parts.add(part.asText());
    }
    values.put(name, String.join(",", parts));
  }

  private static String text(String name, JsonNode value) {
    Flag flag = FlagValues.known(name);
    boolean duration = flag != null && flag.kind() == Kind.DURATION;
    return duration && value.isIntegralNumber() ? value.asText() + "ns" : value.asText();
  }
}
