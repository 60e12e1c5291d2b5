package dev.kvorum.apiserver.kinds;

import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.registry.NameSegment;
import dev.kvorum.apiserver.registry.Strategy.NameRule;
import dev.kvorum.apiserver.registry.Strategy.Traits;
import dev.kvorum.apiserver.schema.GroupResource;
import java.util.Set;

/** How the API treats the objects of a built-in resource, as far as a few facts say it. */
final class KindTraits {
  /** Their objects count the changes of what is wanted. */
  private static final Set<String> NUMBERED = Set.of(
      "pods",
      "replicationcontrollers",
      "deployments.apps",
      "replicasets.apps",
      "statefulsets.apps",
      "daemonsets.apps",
      "jobs.batch",
      "cronjobs.batch",
      "ingresses.networking.k8s.io",
      "ingressclasses.networking.k8s.io",
      "networkpolicies.networking.k8s.io",
      "poddisruptionbudgets.policy",
      "endpointslices.discovery.k8s.io",
      "mutatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingadmissionpolicies.admissionregistration.k8s.io",
      "validatingadmissionpolicybindings.admissionregistration.k8s.io",
      "priorityclasses.scheduling.k8s.io",
      "flowschemas.flowcontrol.apiserver.k8s.io",
      "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
      "customresourcedefinitions.apiextensions.k8s.io");

  private static final Set<String> CREATED_ON_UPDATE = Set.of(
      "endpoints",
      "events",
      "events.events.k8s.io",
      "limitranges",
      "leases.coordination.k8s.io",
      "roles.rbac.authorization.k8s.io",
      "rolebindings.rbac.authorization.k8s.io",
      "clusterroles.rbac.authorization.k8s.io",
      "clusterrolebindings.rbac.authorization.k8s.io",
      "services");

  /** Replacing one of these needs the state that was seen. */
  private static final Set<String> CONDITIONAL_UPDATE = Set.of(
      "customresourcedefinitions.apiextensions.k8s.io",
      "apiservices.apiregistration.k8s.io",
      "leases.coordination.k8s.io",
      "poddisruptionbudgets.policy",
      "mutatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingwebhookconfigurations.admissionregistration.k8s.io",
      "validatingadmissionpolicies.admissionregistration.k8s.io",
      "validatingadmissionpolicybindings.admissionregistration.k8s.io",
      "volumeattachments.storage.k8s.io",
      "csidrivers.storage.k8s.io",
      "csinodes.storage.k8s.io",
      "csistoragecapacities.storage.k8s.io",
      "runtimeclasses.node.k8s.io",
      "flowschemas.flowcontrol.apiserver.k8s.io",
      "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io");

  private static final Set<String> RETURNED_WHEN_DELETED = Set.of(
      "pods",
      "services",
      "serviceaccounts",
      "persistentvolumes",
      "persistentvolumeclaims",
      "podtemplates",
      "resourcequotas");

  /** Any segment of a path is a name. */
  private static final Set<String> FREE_NAMES = Set.of(
      "roles.rbac.authorization.k8s.io",
      "rolebindings.rbac.authorization.k8s.io",
      "clusterroles.rbac.authorization.k8s.io",
      "clusterrolebindings.rbac.authorization.k8s.io",
      "certificatesigningrequests.certificates.k8s.io");

  private KindTraits() {}

  static Traits of(GroupResource resource) {
    String name = resource.toString();
    return new Traits(
        NUMBERED.contains(name),
        name.equals("nodes"),
        CREATED_ON_UPDATE.contains(name),
        !CONDITIONAL_UPDATE.contains(name),
        RETURNED_WHEN_DELETED.contains(name),
        resource.group().equals("apps"),
        name.equals("deployments.apps"));
  }

  static NameRule nameRule(GroupResource resource) {
    String name = resource.toString();
    if (FREE_NAMES.contains(name)) {
      return NameSegment.RULE;
    }
    return switch (name) {
      case "namespaces", "services", "statefulsets.apps" ->
        (value, prefix) -> NameRules.label(masked(value, prefix));
      default -> (value, prefix) -> NameRules.subdomain(masked(value, prefix));
    };
  }

  /** The beginning of a name may end with a dash, which what is added to it follows. */
  private static String masked(String value, boolean prefix) {
    return prefix && value.length() > 1 && value.endsWith("-")
        ? value.substring(0, value.length() - 1) + "a"
        : value;
  }
}
