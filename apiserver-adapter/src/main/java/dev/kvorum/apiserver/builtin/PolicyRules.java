package dev.kvorum.apiserver.builtin;

import static dev.kvorum.apiserver.builtin.Tree.flag;
import static dev.kvorum.apiserver.builtin.Tree.isEmpty;
import static dev.kvorum.apiserver.builtin.Tree.lacks;
import static dev.kvorum.apiserver.builtin.Tree.number;
import static dev.kvorum.apiserver.builtin.Tree.object;
import static dev.kvorum.apiserver.builtin.Tree.positive;
import static dev.kvorum.apiserver.builtin.Tree.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What says how others are to be treated: networks, roles, storage, admission, devices, the API itself. */
final class PolicyRules {
  private static final String ADMISSION = "io.k8s.api.admissionregistration.v1.";
  private static final String NETWORK = "io.k8s.api.networking.v1.";
  private static final String RBAC = "io.k8s.api.rbac.v1.";
  private static final String STORAGE = "io.k8s.api.storage.v1.";
  private static final String FLOW = "io.k8s.api.flowcontrol.v1.";
  private static final String DEVICES = "io.k8s.api.resource.v1.";
  private static final String CUSTOM = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
  private static final String AGGREGATION = "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.";
  private static final String RBAC_GROUP = "rbac.authorization.k8s.io";
  private static final int HTTPS = 443;

  private PolicyRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put(NETWORK + "NetworkPolicy", PolicyRules::networkPolicy);
    rules.put(NETWORK + "NetworkPolicyPort", port -> text(port, "protocol", "TCP"));
    rules.put(
        NETWORK + "IngressClassParametersReference",
        reference -> text(reference, "scope", "Cluster"));
    rules.put("io.k8s.api.discovery.v1.EndpointPort", port -> {
      text(port, "name", "");
      text(port, "protocol", "TCP");
    });
    for (String binding : List.of("RoleBinding", "ClusterRoleBinding")) {
      rules.put(RBAC + binding, each -> text(object(each, "roleRef"), "apiGroup", RBAC_GROUP));
    }
    rules.put(RBAC + "Subject", subject -> {
      switch (text(subject, "kind")) {
        case "User", "Group" -> text(subject, "apiGroup", RBAC_GROUP);
        default -> {}
      }
    });
    rules.put(STORAGE + "StorageClass", each -> {
      text(each, "reclaimPolicy", "Delete");
      text(each, "volumeBindingMode", "Immediate");
    });
    rules.put(STORAGE + "CSIDriver", PolicyRules::driver);
    rules.put(
        "io.k8s.api.scheduling.v1.PriorityClass",
        each -> text(each, "preemptionPolicy", "PreemptLowerPriority"));
    admission(rules);
    flow(rules);
    for (String request : List.of("ExactDeviceRequest", "DeviceSubRequest")) {
      rules.put(DEVICES + request, each -> {
        text(each, "allocationMode", "ExactCount");
        if (text(each, "allocationMode").equals("ExactCount")) {
          positive(each, "count", 1);
        }
      });
    }
    rules.put(CUSTOM + "CustomResourceDefinition", PolicyRules::customResource);
    rules.put(CUSTOM + "ServiceReference", each -> number(each, "port", HTTPS));
    rules.put(AGGREGATION + "ServiceReference", each -> number(each, "port", HTTPS));
    rules.put(
        "io.k8s.api.authentication.v1.TokenRequestSpec",
        spec -> number(spec, "expirationSeconds", 3600));
  }

  private static void networkPolicy(ObjectNode policy) {
    ObjectNode spec = object(policy, "spec");
    if (isEmpty(spec, "policyTypes")) {
      ArrayNode types = spec.putArray("policyTypes").add("Ingress");
      if (!isEmpty(spec, "egress")) {
        types.add("Egress");
      }
    }
  }

  private static void driver(ObjectNode driver) {
    ObjectNode spec = object(driver, "spec");
    flag(spec, "attachRequired", true);
    flag(spec, "podInfoOnMount", false);
    flag(spec, "storageCapacity", false);
    text(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
    if (isEmpty(spec, "volumeLifecycleModes")) {
      spec.putArray("volumeLifecycleModes").add("Persistent");
    }
    flag(spec, "requiresRepublish", false);
    flag(spec, "seLinuxMount", false);
  }

  private static void admission(Map<String, Rule> rules) {
    rules.put(ADMISSION + "ValidatingWebhook", PolicyRules::webhook);
    rules.put(ADMISSION + "MutatingWebhook", webhook -> {
      webhook(webhook);
      text(webhook, "reinvocationPolicy", "Never");
    });
    rules.put(ADMISSION + "RuleWithOperations", rule -> text(rule, "scope", "*"));
    rules.put(ADMISSION + "NamedRuleWithOperations", rule -> text(rule, "scope", "*"));
    rules.put(ADMISSION + "ServiceReference", each -> number(each, "port", HTTPS));
    for (String spec : List.of("ValidatingAdmissionPolicySpec", "MutatingAdmissionPolicySpec")) {
      rules.put(ADMISSION + spec, each -> text(each, "failurePolicy", "Fail"));
    }
    rules.put(ADMISSION + "MatchResources", PolicyRules::match);
  }

  private static void webhook(ObjectNode webhook) {
    text(webhook, "failurePolicy", "Fail");
    match(webhook);
    number(webhook, "timeoutSeconds", 10);
  }

  private static void match(ObjectNode resources) {
    text(resources, "matchPolicy", "Equivalent");
    object(resources, "namespaceSelector");
    object(resources, "objectSelector");
  }

  private static void flow(Map<String, Rule> rules) {
    rules.put(FLOW + "FlowSchemaSpec", spec -> positive(spec, "matchingPrecedence", 1000));
    rules.put(FLOW + "ExemptPriorityLevelConfiguration", level -> {
      number(level, "nominalConcurrencyShares", 0);
      number(level, "lendablePercent", 0);
    });
    rules.put(FLOW + "LimitedPriorityLevelConfiguration", level -> {
      number(level, "nominalConcurrencyShares", 30);
      number(level, "lendablePercent", 0);
    });
    rules.put(FLOW + "QueuingConfiguration", queues -> {
      positive(queues, "handSize", 8);
      positive(queues, "queues", 64);
      positive(queues, "queueLengthLimit", 50);
    });
  }

  private static void customResource(ObjectNode definition) {
    ObjectNode spec = object(definition, "spec");
    ObjectNode names = object(spec, "names");
    String kind = text(names, "kind");
    if (!kind.isEmpty()) {
      text(names, "singular", kind.toLowerCase(Locale.ROOT));
      text(names, "listKind", kind + "List");
    }
    if (lacks(spec, "conversion")) {
      spec.putObject("conversion").put("strategy", "None");
    }
    ObjectNode status = object(definition, "status");
    if (isEmpty(status, "storedVersions")) {
      for (JsonNode version : spec.path("versions")) {
        if (version.path("storage").asBoolean()) {
          status.putArray("storedVersions").add(version.path("name"));
          break;
        }
      }
    }
  }
}
