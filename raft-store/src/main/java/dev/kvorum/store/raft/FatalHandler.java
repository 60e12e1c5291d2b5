package dev.kvorum.store.raft;

/**
 * Ends a member that must not go on: its log or state cannot be trusted any more, and a supervisor that restarts it is the
 * remedy. Called once at most per store.
 */
@FunctionalInterface
public interface FatalHandler {
  /** Must not return normally to a process that goes on serving; called from any thread, possibly with locks held. */
  void fatal(String what, Throwable cause);

  /** Ends the process at once with exit status 70, without running shutdown hooks. */
  static FatalHandler halt() {
    return (what, cause) -> Runtime.getRuntime().halt(70);
  }
}
