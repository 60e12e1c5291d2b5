package dev.kvorum.apiserver.storage;

/** A request that the stored objects stand against. Carries no stack trace: it is an answer, not a bug. */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What stands against it. */
  public enum Kind {
    /** The message says what is wrong with the token. */
    BAD_CONTINUE_TOKEN,
    /** The revision of the pages before has been compacted; there is a {@linkplain #next token} that does without it. */
    CONTINUE_EXPIRED,
    /** The revision that was asked for has been compacted. */
    EXPIRED,
    /** The revision that was asked for is still to come. */
    FUTURE,
    /** More bytes than the store takes in one request. */
    TOO_LARGE,
    /** More than the store does at a time; it was not done. */
    BUSY,
    /** The store cannot work now; it was not done. */
    UNAVAILABLE,
    /** Nobody knows whether it was done. */
    UNKNOWN,
    /** What is stored is no object. */
    UNREADABLE
  }

  private final Kind kind;
  private final String next;

  public StorageException(Kind kind, String message, String next) {
    super(message, null, false, false);
    this.kind = kind;
    this.next = next;
  }

  public Kind kind() {
    return kind;
  }

  /** With what the list goes on at the latest revision; empty but for {@link Kind#CONTINUE_EXPIRED}. */
  public String next() {
    return next;
  }
}
