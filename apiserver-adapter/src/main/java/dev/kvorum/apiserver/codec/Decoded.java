package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * An object from a body.
 *
 * @param object with its kind and API version, in canonical form
 * @param strictErrors what somebody who is strict refuses: fields that are not known or come twice, as
 *     {@code unknown field "spec.foo"}
 */
public record Decoded(ObjectNode object, List<String> strictErrors) {
  public Decoded {
    strictErrors = List.copyOf(strictErrors);
  }
}
