package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Volumes, claims to them, and what they are made by. */
final class StoragePrinters {
  private static final String[][] MODES = {
    {"ReadWriteOnce", "RWO"},
    {"ReadOnlyMany", "ROX"},
    {"ReadWriteMany", "RWX"},
    {"ReadWriteOncePod", "RWOP"}
  };

  private StoragePrinters() {}

  static void addTo(Map<String, TableConvertor> all) {
    BuiltInTables.add(
        all,
        "/PersistentVolume",
        "Name*, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass,"
            + " VolumeAttributesClass, Reason, Age, +VolumeMode",
        StoragePrinters::volume);
    BuiltInTables.add(
        all,
        "/PersistentVolumeClaim",
        "Name*, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age,"
            + " +VolumeMode",
        StoragePrinters::claim);
    BuiltInTables.add(
        all,
        "storage.k8s.io/StorageClass",
        "Name*, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age",
        StoragePrinters::storageClass);
    BuiltInTables.add(
        all,
        "storage.k8s.io/VolumeAttributesClass",
        "Name*, DriverName, Age",
        row -> row.addName().add(row.text("driverName")).addAge());
    BuiltInTables.add(
        all,
        "storage.k8s.io/VolumeAttachment",
        "Name*, Attacher*, PV, Node, Attached#boolean, Age",
        row -> row.addName()
            .add(row.text("spec", "attacher"))
            .add(row.text("spec", "source", "persistentVolumeName"))
            .add(row.text("spec", "nodeName"))
            .add(row.at("status", "attached").asBoolean(false))
            .addAge());
    BuiltInTables.add(
        all,
        "storage.k8s.io/CSINode",
        "Name*, Drivers#integer, Age",
        row -> row.addName().add(row.at("spec", "drivers").size()).addAge());
    BuiltInTables.add(
        all,
        "storage.k8s.io/CSIDriver",
        "Name*, AttachRequired#boolean, PodInfoOnMount#boolean, StorageCapacity#boolean,"
            + " TokenRequests, RequiresRepublish#boolean, Modes, Age",
        StoragePrinters::driver);
  }

  private static String modes(JsonNode modes) {
    TreeSet<String> given = new TreeSet<>();
    modes.forEach(mode -> given.add(mode.asText()));
    List<String> texts = new ArrayList<>();
    for (String[] mode : MODES) {
      if (given.contains(mode[0])) {
        texts.add(mode[1]);
      }
    }
    return String.join(",", texts);
  }

  /** An annotation of old times rules over the field. */
  private static String className(Row row) {
    return row.textOr(
        row.text("spec", "storageClassName"),
        "metadata",
        "annotations",
        "volume.beta.kubernetes.io/storage-class");
  }

  private static void volume(Row row) {
    String claim = row.has("spec", "claimRef")
        ? row.text("spec", "claimRef", "namespace") + "/" + row.text("spec", "claimRef", "name")
        : "";
    row.addName()
        .add(Row.quantity(row.at("spec", "capacity", "storage"), "0"))
        .add(modes(row.at("spec", "accessModes")))
        .add(row.text("spec", "persistentVolumeReclaimPolicy"))
        .add(row.isDeleted() ? "Terminating" : row.text("status", "phase"))
        .add(claim)
        .add(className(row))
        .add(row.textOr(Texts.UNSET, "spec", "volumeAttributesClassName"))
        .add(row.text("status", "reason"))
        .addAge()
        .add(row.textOr(Texts.UNSET, "spec", "volumeMode"));
  }

  private static void claim(Row row) {
    String volume = row.text("spec", "volumeName");
    boolean bound = !volume.isEmpty();
    row.addName()
        .add(row.isDeleted() ? "Terminating" : row.text("status", "phase"))
        .add(volume)
        .add(bound ? Row.quantity(row.at("status", "capacity", "storage"), "0") : "")
        .add(bound ? modes(row.at("status", "accessModes")) : "")
        .add(className(row))
        .add(row.textOr(Texts.UNSET, "spec", "volumeAttributesClassName"))
        .addAge()
        .add(row.textOr(Texts.UNSET, "spec", "volumeMode"));
  }

  private static void storageClass(Row row) {
    JsonNode annotations = row.at("metadata", "annotations");
    boolean isDefault =
        annotations.path("storageclass.kubernetes.io/is-default-class").asText().equals("true")
            || annotations
                .path("storageclass.beta.kubernetes.io/is-default-class")
                .asText()
                .equals("true");
    row.add(row.name() + (isDefault ? " (default)" : ""))
        .add(row.text("provisioner"))
        .add(row.textOr("Delete", "reclaimPolicy"))
        .add(row.textOr("Immediate", "volumeBindingMode"))
        .add(row.at("allowVolumeExpansion").asBoolean(false))
        .addAge();
  }

  private static void driver(Row row) {
    String modes = Texts.joined(row.at("spec", "volumeLifecycleModes"));
    row.addName()
        .add(row.at("spec", "attachRequired").asBoolean(true))
        .add(row.at("spec", "podInfoOnMount").asBoolean(false))
        .add(row.at("spec", "storageCapacity").asBoolean(false))
        .add(
            row.has("spec", "tokenRequests")
                ? Texts.joined(row.at("spec", "tokenRequests"), "audience")
                : Texts.UNSET)
        .add(row.at("spec", "requiresRepublish").asBoolean(false))
        .add(modes.isEmpty() ? Texts.NONE : modes)
        .addAge();
  }
}
