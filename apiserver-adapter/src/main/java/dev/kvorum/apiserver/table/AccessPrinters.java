package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Secrets and settings, who may do what, certificates, and what has a say when objects are written. */
final class AccessPrinters {
  private AccessPrinters() {}

  static void addTo(Map<String, TableConvertor> all) {
    BuiltInTables.add(
        all,
        "/ConfigMap",
        "Name*, Data, Age",
        row -> row.addName()
            .add(row.at("data").size() + row.at("binaryData").size())
            .addAge());
    BuiltInTables.add(
        all,
        "/Secret",
        "Name*, Type, Data, Age",
        row -> row.addName().add(row.text("type")).add(row.at("data").size()).addAge());
    BuiltInTables.add(all, "/ServiceAccount", "Name*, Age", row -> row.addName().addAge());
    String binding = "Name*, Role, Age, +Users, +Groups, +ServiceAccounts";
    BuiltInTables.add(
        all, "rbac.authorization.k8s.io/RoleBinding", binding, AccessPrinters::binding);
    BuiltInTables.add(
        all, "rbac.authorization.k8s.io/ClusterRoleBinding", binding, AccessPrinters::binding);
    certificates(all);
    admission(all);
  }

  private static void certificates(Map<String, TableConvertor> all) {
    BuiltInTables.add(
        all,
        "certificates.k8s.io/CertificateSigningRequest",
        "Name*, Age, SignerName, Requestor, RequestedDuration, Condition",
        AccessPrinters::signingRequest);
    BuiltInTables.add(
        all,
        "certificates.k8s.io/ClusterTrustBundle",
        "Name*, SignerName",
        row -> row.addName().add(row.filledOr(Texts.NONE, "spec", "signerName")));
    BuiltInTables.add(
        all,
        "certificates.k8s.io/PodCertificateRequest",
        "Name*, PodName, ServiceAccountName, NodeName, SignerName, State,"
            + " UnverifiedUserAnnotations",
        AccessPrinters::podCertificate);
  }

  private static void admission(Map<String, TableConvertor> all) {
    String group = "admissionregistration.k8s.io/";
    for (String kind : List.of("Mutating", "Validating")) {
      String rules = kind.equals("Mutating") ? "Mutations" : "Validations";
      String field = kind.equals("Mutating") ? "mutations" : "validations";
      BuiltInTables.add(
          all,
          group + kind + "WebhookConfiguration",
          "Name*, Webhooks#integer, Age",
          row -> row.addName().add(row.at("webhooks").size()).addAge());
      BuiltInTables.add(
          all,
          group + kind + "AdmissionPolicy",
          "Name*, " + rules + "#integer, ParamKind, Age",
          row -> row.addName()
              .add(row.at("spec", field).size())
              .add(
                  row.has("spec", "paramKind")
                      ? row.text("spec", "paramKind", "apiVersion")
                          + "/"
                          + row.text("spec", "paramKind", "kind")
                      : Texts.UNSET)
              .addAge());
      BuiltInTables.add(
          all,
          group + kind + "AdmissionPolicyBinding",
          "Name*, PolicyName, ParamRef, Age",
          row -> row.addName()
              .add(row.text("spec", "policyName"))
              .add(parameters(row.at("spec", "paramRef")))
              .addAge());
    }
  }

  private static void binding(Row row) {
    List<String> users = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    List<String> accounts = new ArrayList<>();
    for (JsonNode subject : row.at("subjects")) {
      String name = subject.path("name").asText("");
      switch (subject.path("kind").asText()) {
        case "User" -> users.add(name);
        case "Group" -> groups.add(name);
        case "ServiceAccount" -> accounts.add(subject.path("namespace").asText("") + "/" + name);
        default -> {}
      }
    }
    row.addName()
        .add(row.text("roleRef", "kind") + "/" + row.text("roleRef", "name"))
        .addAge()
        .add(String.join(", ", users))
        .add(String.join(", ", groups))
        .add(String.join(", ", accounts));
  }

  private static void signingRequest(Row row) {
    JsonNode conditions = row.at("status", "conditions");
    String state = "Pending";
    if (has(conditions, "Denied")) {
      state = "Denied";
    } else if (has(conditions, "Approved")) {
      state = "Approved";
    }
    if (has(conditions, "Failed")) {
      state += ",Failed";
    }
    if (!row.text("status", "certificate").isEmpty()) {
      state += ",Issued";
    }
    row.addName()
        .addAge()
        .add(row.filledOr(Texts.NONE, "spec", "signerName"))
        .add(row.text("spec", "username"))
        .add(
            row.has("spec", "expirationSeconds")
                ? Times.human(Duration.ofSeconds(row.number("spec", "expirationSeconds")))
                : Texts.NONE)
        .add(state);
  }

  private static boolean has(JsonNode conditions, String type) {
    return !Texts.condition(conditions, type).isMissingNode();
  }

  private static void podCertificate(Row row) {
    String state = "Pending";
    for (JsonNode condition : row.at("status", "conditions")) {
      String type = condition.path("type").asText();
      state = List.of("Issued", "Denied", "Failed").contains(type) ? type : state;
    }
    row.addName();
    for (String field : new String[] {"podName", "serviceAccountName", "nodeName", "signerName"}) {
      row.add(row.text("spec", field));
    }
    row.add(state).add(Texts.labels(row.at("spec", "unverifiedUserAnnotations")));
  }

  private static String parameters(JsonNode reference) {
    if (reference.isMissingNode()) {
      return Texts.UNSET;
    }
    String name = reference.path("name").asText("");
    if (!name.isEmpty()) {
      String namespace = reference.path("namespace").asText("");
      return (namespace.isEmpty() ? "*" : namespace) + "/" + name;
    }
    JsonNode selector = Row.at(reference, "selector");
    return selector.isMissingNode() ? Texts.UNSET : inGo(selector);
  }

  /** A selector as Go's generated code prints it: not for people, but what is shown. */
  private static String inGo(JsonNode selector) {
    String labels = selector.path("matchLabels").properties().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> each.getKey() + ": " + each.getValue().asText() + ",")
        .collect(Collectors.joining());
    StringBuilder expressions = new StringBuilder();
    for (JsonNode each : selector.path("matchExpressions")) {
      expressions
          .append("LabelSelectorRequirement{Key:")
          .append(each.path("key").asText(""))
          .append(",Operator:")
          .append(each.path("operator").asText(""))
          .append(",Values:[")
          .append(Texts.joined(each.path("values")).replace(',', ' '))
          .append("],},");
    }
    return "&LabelSelector{MatchLabels:map[string]string{"
        + labels
        + "},MatchExpressions:[]LabelSelectorRequirement{"
        + expressions
        + "},}";
  }
}
