package dev.kvorum.apiserver.custom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus.Termination;
import dev.kvorum.apiserver.crd.definition.Definitions;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.Strategy;
import dev.kvorum.apiserver.status.FieldError;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The definitions of custom resources: held, when they are deleted, until their objects are gone. */
final class DefinitionStrategy implements Strategy {
  private static final Traits TRAITS = new Traits(true, false, false, false, false, true, false);

  private final InstantSource clock;

  DefinitionStrategy(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public NameRule nameRule() {
    return (name, prefix) -> NameRules.subdomain(name);
  }

  @Override
  public void prepareForCreate(ObjectNode object, Change change) {
    Definitions.prepareForCreate(object);
    Definitions.warnings(object, null).forEach(change::warn);
  }

  @Override
  public void prepareForUpdate(ObjectNode object, ObjectNode old, Change change) {
    Definitions.prepareForUpdate(object, old);
    Definitions.warnings(object, old).forEach(change::warn);
  }

  @Override
  public List<FieldError> validate(ObjectNode object) {
    List<FieldError> errors = new ArrayList<>();
    String name = Metadata.name(object);
    for (String wrong : Definitions.wrongName(object, name)) {
      errors.add(FieldError.invalid("metadata.name", TextNode.valueOf(name), wrong));
    }
    errors.addAll(Definitions.validate(object));
    return errors;
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
    return Definitions.validateUpdate(object, old);
  }

  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode object, ObjectNode old) {
    return Definitions.validateStatusUpdate(object);
  }

  @Override
  public void prepareForDelete(ObjectNode object) {
    if (Metadata.isTerminating(object)) {
      return;
    }
    List<String> finalizers = Metadata.finalizers(object);
    if (!finalizers.contains(DefinitionStatus.CLEANUP_FINALIZER)) {
      finalizers.add(DefinitionStatus.CLEANUP_FINALIZER);
      Metadata.setFinalizers(object, finalizers);
    }
    object.set(
        "status",
        DefinitionStatus.terminating(object, Termination.PENDING, clock.instant())
            .get("status"));
  }
}
