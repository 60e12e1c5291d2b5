package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Services, what is behind and in front of them, and addresses. */
final class NetworkPrinters {
  private static final int SHOWN = 3;

  private NetworkPrinters() {}

  static void addTo(Map<String, TableConvertor> all) {
    BuiltInTables.add(
        all,
        "/Service",
        "Name*, Type, Cluster-IP, External-IP, Port(s), Age, +Selector",
        NetworkPrinters::service);
    BuiltInTables.add(
        all,
        "/Endpoints",
        "Name*, Endpoints, Age",
        row -> row.addName().add(endpoints(row.at("subsets"))).addAge());
    BuiltInTables.add(
        all,
        "discovery.k8s.io/EndpointSlice",
        "Name*, AddressType, Ports, Endpoints, Age",
        NetworkPrinters::endpointSlice);
    BuiltInTables.add(
        all,
        "networking.k8s.io/Ingress",
        "Name*, Class, Hosts, Address, Ports, Age",
        NetworkPrinters::ingress);
    BuiltInTables.add(
        all,
        "networking.k8s.io/IngressClass",
        "Name*, Controller, Parameters, Age",
        NetworkPrinters::ingressClass);
    BuiltInTables.add(
        all,
        "networking.k8s.io/NetworkPolicy",
        "Name*, Pod-Selector, Age",
        row ->
            row.addName().add(Texts.selectorCell(row.at("spec", "podSelector"))).addAge());
    BuiltInTables.add(
        all,
        "networking.k8s.io/ServiceCIDR",
        "Name*, CIDRs, Age",
        row -> row.addName().add(Texts.joined(row.at("spec", "cidrs"))).addAge());
    // Its rows have a cell more than there are columns, as upstream's: clients leave it out.
    BuiltInTables.add(
        all, "networking.k8s.io/IPAddress", "Name*, ParentRef", NetworkPrinters::ipAddress);
  }

  private static void service(Row row) {
    List<String> ports = new ArrayList<>();
    for (JsonNode port : row.at("spec", "ports")) {
      long nodePort = port.path("nodePort").asLong(0);
      ports.add(port.path("port").asLong(0)
          + (nodePort > 0 ? ":" + nodePort : "")
          + "/"
          + port.path("protocol").asText(""));
    }
    row.addName()
        .add(row.text("spec", "type"))
        .add(row.at("spec", "clusterIPs").path(0).asText(Texts.NONE))
        .add(externalAddress(row))
        .add(ports.isEmpty() ? Texts.NONE : String.join(",", ports))
        .addAge()
        .add(Texts.labels(row.at("spec", "selector")));
  }

  private static String externalAddress(Row row) {
    String external = Texts.joined(row.at("spec", "externalIPs"));
    return switch (row.text("spec", "type")) {
      case "ClusterIP", "NodePort" -> external.isEmpty() ? Texts.NONE : external;
      case "LoadBalancer" -> {
        String balancers = Texts.addresses(row.at("status", "loadBalancer", "ingress"));
        if (balancers.isEmpty() && external.isEmpty()) {
          yield "<pending>";
        }
        yield balancers.isEmpty() || external.isEmpty()
            ? balancers + external
            : balancers + "," + external;
      }
      case "ExternalName" -> row.text("spec", "externalName");
      default -> Times.UNKNOWN;
    };
  }

  private static String endpoints(JsonNode subsets) {
    if (subsets.isEmpty()) {
      return Texts.NONE;
    }
    List<String> all = new ArrayList<>();
    for (JsonNode subset : subsets) {
      if (subset.path("ports").isEmpty()) {
        subset.path("addresses").forEach(each -> all.add(each.path("ip").asText("")));
      }
      for (JsonNode port : subset.path("ports")) {
        for (JsonNode address : subset.path("addresses")) {
          String ip = address.path("ip").asText("");
          all.add(
              (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port.path("port").asLong(0));
        }
      }
    }
    String text = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? text + " + " + (all.size() - SHOWN) + " more..." : text;
  }

  private static void endpointSlice(Row row) {
    List<String> ports = new ArrayList<>();
    for (JsonNode port : row.at("ports")) {
      JsonNode number = Row.at(port, "port");
      ports.add(
          number.isMissingNode()
              ? Row.at(port, "name").asText("*")
              : Long.toString(number.asLong()));
    }
    List<String> addresses = new ArrayList<>();
    for (JsonNode endpoint : row.at("endpoints")) {
      endpoint.path("addresses").forEach(each -> addresses.add(each.asText()));
    }
    row.addName()
        .add(row.text("addressType"))
        .add(Texts.some(ports, SHOWN))
        .add(Texts.some(addresses, SHOWN))
        .addAge();
  }

  private static void ingress(Row row) {
    row.addName()
        .add(row.textOr(Texts.NONE, "spec", "ingressClassName"))
        .add(hosts(row.at("spec", "rules")))
        .add(Texts.addresses(row.at("status", "loadBalancer", "ingress")))
        .add(row.at("spec", "tls").isEmpty() ? "80" : "80, 443")
        .addAge();
  }

  /** How many more there are is counted in rules, with and without a host. */
  private static String hosts(JsonNode rules) {
    List<String> hosts = new ArrayList<>();
    boolean more = false;
    for (JsonNode rule : rules) {
      if (hosts.size() == SHOWN) {
        more = true;
        break;
      }
      String host = Row.at(rule, "host").asText("");
      if (!host.isEmpty()) {
        hosts.add(host);
      }
    }
    if (hosts.isEmpty()) {
      return "*";
    }
    String text = String.join(",", hosts);
    return more ? text + " + " + (rules.size() - SHOWN) + " more..." : text;
  }

  private static void ingressClass(Row row) {
    boolean isDefault = row.text(
            "metadata", "annotations", "ingressclass.kubernetes.io/is-default-class")
        .equals("true");
    String parameters = Texts.NONE;
    if (row.has("spec", "parameters")) {
      parameters = row.text("spec", "parameters", "kind");
      if (row.has("spec", "parameters", "apiGroup")) {
        parameters += "." + row.text("spec", "parameters", "apiGroup");
      }
      parameters += "/" + row.text("spec", "parameters", "name");
    }
    row.add(row.name() + (isDefault ? " (default)" : ""))
        .add(row.text("spec", "controller"))
        .add(parameters)
        .addAge();
  }

  private static void ipAddress(Row row) {
    String parent = Texts.NONE;
    if (row.has("spec", "parentRef")) {
      String group = row.text("spec", "parentRef", "group");
      String resource = row.text("spec", "parentRef", "resource");
      String namespace = row.text("spec", "parentRef", "namespace");
      parent = (group.isEmpty() ? resource : resource + "." + group).toLowerCase(Locale.ROOT)
          + (namespace.isEmpty() ? "" : "/" + namespace)
          + "/"
          + row.text("spec", "parentRef", "name");
    }
    row.addName().add(parent).addAge();
  }
}
