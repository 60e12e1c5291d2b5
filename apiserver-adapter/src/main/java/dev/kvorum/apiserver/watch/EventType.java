package dev.kvorum.apiserver.watch;

/** What a watch tells of an object (Kubernetes API: WatchEvent). */
public enum EventType {
  ADDED,
  MODIFIED,
  DELETED
}
