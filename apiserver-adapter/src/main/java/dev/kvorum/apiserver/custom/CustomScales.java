package dev.kvorum.apiserver.custom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.ObjectPath;
import dev.kvorum.apiserver.crd.ScalePaths;
import dev.kvorum.apiserver.registry.Scales;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;

/** Where a definition says that the numbers are. */
record CustomScales(ScalePaths paths) implements Scales {
  @Override
  public ObjectNode read(ObjectNode object) {
    try {
      return paths.read(object);
    } catch (ObjectPath.WrongType e) {
      throw failure(e);
    }
  }

  @Override
  public void write(ObjectNode object, long replicas) {
    try {
      paths.write(object, Math.toIntExact(replicas));
    } catch (ObjectPath.WrongType e) {
      throw failure(e);
    }
  }

  private static StatusException failure(ObjectPath.WrongType e) {
    return new StatusException(Status.internalError(String.valueOf(e.getMessage())));
  }
}
