package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.status.FieldError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How objects get from one version to another. */
final class ConversionRules {
  private static final String CONFIG = "spec.conversion.webhookClientConfig";
  private static final String FORM = "; desired format: https://host[/path]";

  private final List<FieldError> errors = new ArrayList<>();

  private ConversionRules() {}

  /**
   * What is wrong with it.
   *
   * @param versions how many there are: with one, nothing is ever converted
   */
  static List<FieldError> check(JsonNode spec, int versions) {
    ConversionRules rules = new ConversionRules();
    JsonNode conversion = Json.present(spec, "conversion");
    if (conversion != null) {
      String strategy = Json.string(conversion, "strategy");
      if (!strategy.equals("None") && Json.flag(spec, "preserveUnknownFields")) {
        rules.invalid(
            "spec.conversion.strategy",
            strategy,
            "must be None if spec.preserveUnknownFields is true");
      }
      rules.conversion(conversion, strategy, versions);
    }
    return rules.errors;
  }

  private void conversion(JsonNode conversion, String strategy, int versions) {
    List<String> strategies = List.of("None", "Webhook");
    if (strategy.isEmpty()) {
      required("spec.conversion.strategy", "");
    } else if (!strategies.contains(strategy)) {
      errors.add(
          FieldError.notSupported("spec.conversion.strategy", Json.text(strategy), strategies));
    }
    JsonNode webhook = conversion.path("webhook");
    JsonNode config = Json.present(webhook, "clientConfig");
    List<String> reviewVersions = Json.strings(webhook, "conversionReviewVersions");
    if (!strategy.equals("Webhook")) {
      String why = "should not be set when strategy is not set to Webhook";
      if (config != null) {
        errors.add(FieldError.forbidden(CONFIG, why));
      }
      if (!reviewVersions.isEmpty()) {
        errors.add(FieldError.forbidden("spec.conversion.conversionReviewVersions", why));
      }
      return;
    }
    if (config == null) {
      required(CONFIG, "required when strategy is set to Webhook");
    } else {
      config(config);
    }
    reviewVersions(reviewVersions);
    if (versions > 1) {
      errors.add(FieldError.forbidden(
          "spec.conversion.strategy", "conversion by a webhook is not supported by this server"));
    }
  }

  private void config(JsonNode config) {
    JsonNode url = Json.present(config, "url");
    JsonNode service = Json.present(config, "service");
    if ((url == null) == (service == null)) {
      required(CONFIG, "exactly one of url or service is required");
    } else if (url != null) {
      url(url.asText());
    } else if (service != null) {
      service(service);
    }
  }

  private void url(String text) {
    String field = CONFIG + ".url";
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      required(field, "url must be a valid URL: " + e.getMessage() + FORM);
      return;
    }
    String scheme = Objects.requireNonNullElse(url.getScheme(), "");
    if (!scheme.equals("https")) {
      invalid(field, scheme, "'https' is the only allowed URL scheme" + FORM);
    }
    if (url.getRawAuthority() == null) {
      invalid(field, "", "host must be specified" + FORM);
    }
    notPermitted(url.getRawUserInfo(), "user information is not permitted in the URL");
    notPermitted(url.getRawFragment(), "fragments are not permitted in the URL");
    notPermitted(url.getRawQuery(), "query parameters are not permitted in the URL");
  }

  private void notPermitted(@Nullable String part, String why) {
    if (part != null && !part.isEmpty()) {
      invalid(CONFIG + ".url", part, why);
    }
  }

  private void service(JsonNode service) {
    String field = CONFIG + ".service";
    for (String name : List.of("name", "namespace")) {
      if (Json.string(service, name).isEmpty()) {
        required(field + "." + name, "");
      }
    }
    int port = service.path("port").asInt(443);
    if (port < 1 || port > 65535) {
      errors.add(FieldError.invalid(
          field + ".port",
          IntNode.valueOf(port),
          "port is not valid: must be between 1 and 65535, inclusive"));
    }
    String path = Json.string(service, "path");
    if (!path.isEmpty() && !path.equals("/")) {
      servicePath(path, field + ".path");
    }
  }

  private void servicePath(String path, String field) {
    if (path.equals("//")) {
      invalid(field, path, "segment[0] may not be empty");
      return;
    }
    if (!path.startsWith("/")) {
      invalid(field, path, "must start with a '/'");
    }
    String inner = path.substring(1);
    String[] steps =
        (inner.endsWith("/") ? inner.substring(0, inner.length() - 1) : inner).split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      String segment = "segment[" + i + "]";
      if (steps[i].isEmpty()) {
        invalid(field, path, segment + " may not be empty");
        continue;
      }
      NameRules.subdomain(steps[i]).forEach(wrong -> invalid(field, path, segment + ": " + wrong));
    }
  }

  private void reviewVersions(List<String> versions) {
    String field = "spec.conversion.conversionReviewVersions";
    if (versions.isEmpty()) {
      required(field, "");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < versions.size(); i++) {
      String version = versions.get(i);
      String each = field + "[" + i + "]";
      if (seen.add(version)) {
        NameRules.label1035(version).forEach(wrong -> invalid(each, version, wrong));
      } else {
        invalid(each, version, "duplicate version");
      }
    }
    if (!seen.contains("v1") && !seen.contains("v1beta1")) {
      errors.add(FieldError.invalid(
          field, Json.array(versions), "must include at least one of v1, v1beta1"));
    }
  }

  private void required(String field, String detail) {
    errors.add(FieldError.required(field, detail));
  }

  private void invalid(String field, String value, String detail) {
    errors.add(FieldError.invalid(field, Json.text(value), detail));
  }
}
