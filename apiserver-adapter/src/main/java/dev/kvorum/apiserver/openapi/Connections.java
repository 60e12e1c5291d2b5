package dev.kvorum.apiserver.openapi;

import dev.kvorum.apiserver.schema.Subresource;
import java.util.ArrayList;
import java.util.List;

/** Subresources that are not objects but lines to a container or a server, and what may be asked of a log. */
final class Connections {
  private static final List<Parameter> ATTACHING = List.of(
      Parameter.query("container", "string"),
      Parameter.query("stderr", "boolean"),
      Parameter.query("stdin", "boolean"),
      Parameter.query("stdout", "boolean"),
      Parameter.query("tty", "boolean"));

  static final List<Parameter> LOG = List.of(
      Parameter.query("container", "string"),
      Parameter.query("follow", "boolean"),
      Parameter.query("insecureSkipTLSVerifyBackend", "boolean"),
      Parameter.query("limitBytes", "integer"),
      Parameter.query("previous", "boolean"),
      Parameter.query("sinceSeconds", "integer"),
      Parameter.query("stream", "string"),
      Parameter.query("tailLines", "integer"),
      Parameter.query("timestamps", "boolean"));

  private Connections() {}

  /** Their kinds are those of their options. */
  static boolean isOne(Subresource subresource) {
    return subresource.kind().kind().endsWith("Options");
  }

  /** In HTTP's words, in lower case. A proxy passes on all of them. */
  static List<String> methods(Subresource subresource) {
    return subresource.name().equals("proxy")
        ? List.of("delete", "get", "head", "options", "patch", "post", "put")
        : List.of("get", "post");
  }

  static List<Parameter> parameters(Subresource subresource) {
    return switch (subresource.name()) {
      case "attach" -> ATTACHING;
      case "exec" -> {
        List<Parameter> parameters = new ArrayList<>(ATTACHING);
        parameters.add(Parameter.query("command", "string"));
        yield parameters;
      }
      case "portforward" -> List.of(Parameter.query("ports", "integer"));
      case "proxy" -> List.of(Parameter.query("path", "string"));
      default -> throw new IllegalArgumentException(subresource.name());
    };
  }
}
