package dev.kvorum.apiserver.custom;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.codec.CodecException;
import dev.kvorum.apiserver.codec.Decoded;
import dev.kvorum.apiserver.crd.CustomResource;
import dev.kvorum.apiserver.registry.Form;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import java.util.function.Consumer;

/** Objects of a custom kind: as their schema says. Between versions nothing changes but the name of the version. */
final class CustomForm implements Form {
  private final BodyDecoder decoder;
  private final CustomResource resource;
  private final String storedVersion;

  /**
   * Makes one.
   *
   * @param storedVersion the {@code apiVersion} in which objects are stored
   */
  CustomForm(BodyDecoder decoder, CustomResource resource, String storedVersion) {
    this.decoder = decoder;
    this.resource = resource;
    this.storedVersion = storedVersion;
  }

  @Override
  public ObjectNode regular(ObjectNode object, Consumer<String> strictErrors) {
    try {
      Decoded decoded = decoder.decode(object, resource.kind());
      decoded.strictErrors().forEach(strictErrors);
      return complete(decoded.object(), strictErrors);
    } catch (CodecException e) {
      throw new StatusException(e.status());
    }
  }

  @Override
  public ObjectNode complete(ObjectNode object, Consumer<String> strictErrors) {
    CustomResource.Decoded decoded = resource.decode(object);
    if (decoded.error() != null) {
      throw new StatusException(Status.badRequest(decoded.error()));
    }
    decoded.unknownFields().forEach(each -> strictErrors.accept("unknown field \"" + each + "\""));
    return object;
  }

  @Override
  public ObjectNode blank() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public ObjectNode toStored(ObjectNode object) {
    object.put("apiVersion", storedVersion);
    return object;
  }

  @Override
  public ObjectNode fromStored(ObjectNode object) {
    resource.read(object);
    return object;
  }
}
