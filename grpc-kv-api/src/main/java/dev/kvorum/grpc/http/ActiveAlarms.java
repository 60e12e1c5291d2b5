package dev.kvorum.grpc.http;

import java.util.List;

/** Which alarms are raised in the cluster, as this member knows it. Any thread, does not block. */
@FunctionalInterface
public interface ActiveAlarms {
  /** Members with too little space left. */
  String NOSPACE = "NOSPACE";
  /** Members whose data was found to differ. */
  String CORRUPT = "CORRUPT";

  /** The kinds of alarms that are raised, in etcd's words; empty if all is well. */
  List<String> kinds();
}
