package dev.kvorum.store;

/**
 * One version of a key, held in the form in which it is stored and sent: an encoded {@code mvccpb.KeyValue}.
 *
 * <p>A value is encoded once, when it is written; storage, caches, range responses and watch events share that array.
 * The accessors read from it: numbers are decoded when the object is made, key and value are windows on the array.
 * Immutable and thread-safe.
 */
public final class KeyValue {
  private static final int KEY_TAG = 1 << 3 | 2;
  private static final int CREATE_REVISION_TAG = 2 << 3;
  private static final int MOD_REVISION_TAG = 3 << 3;
  private static final int VERSION_TAG = 4 << 3;
  private static final int VALUE_TAG = 5 << 3 | 2;
  private static final int LEASE_TAG = 6 << 3;

  private final byte[] encoded;
  private final Bytes key;
  private final long createRevision;
  private final long modRevision;
  private final long version;
  private final Bytes value;
  private final long lease;

  private KeyValue(
      byte[] encoded,
      Bytes key,
      long createRevision,
      long modRevision,
      long version,
      Bytes value,
      long lease) {
    this.encoded = encoded;
    this.key = key;
    this.createRevision = createRevision;
    this.modRevision = modRevision;
    this.version = version;
    this.value = value;
    this.lease = lease;
  }

  /** Encodes a live version of a key. */
  public static KeyValue of(
      Bytes key, long createRevision, long modRevision, long version, Bytes value, long lease) {
    int size = WireFormat.bytesFieldSize(key.length())
        + WireFormat.numberFieldSize(createRevision)
        + WireFormat.numberFieldSize(modRevision)
        + WireFormat.numberFieldSize(version)
        + WireFormat.bytesFieldSize(value.length())
        + WireFormat.numberFieldSize(lease);
    byte[] encoded = new byte[size];
    int at = WireFormat.writeBytesField(encoded, 0, KEY_TAG, key);
    Bytes keyWindow = Bytes.wrap(encoded, at - key.length(), key.length());
    at = WireFormat.writeNumberField(encoded, at, CREATE_REVISION_TAG, createRevision);
    at = WireFormat.writeNumberField(encoded, at, MOD_REVISION_TAG, modRevision);
    at = WireFormat.writeNumberField(encoded, at, VERSION_TAG, version);
    at = WireFormat.writeBytesField(encoded, at, VALUE_TAG, value);
    Bytes valueWindow = Bytes.wrap(encoded, at - value.length(), value.length());
    WireFormat.writeNumberField(encoded, at, LEASE_TAG, lease);
    return new KeyValue(
        encoded, keyWindow, createRevision, modRevision, version, valueWindow, lease);
  }

  /** A deletion: key and deletion revision only (etcd v3 API: every other field of a tombstone is zero). */
  public static KeyValue tombstone(Bytes key, long revision) {
    return of(key, 0, revision, 0, Bytes.EMPTY, 0);
  }

  /**
   * Reads an encoded value and takes ownership of the array.
   *
   * @throws IllegalArgumentException if {@code encoded} is not what {@link #of} writes
   */
  public static KeyValue decode(byte[] encoded) {
    Bytes key = Bytes.EMPTY;
    Bytes value = Bytes.EMPTY;
    long createRevision = 0;
    long modRevision = 0;
    long version = 0;
    long lease = 0;
    int at = 0;
    while (at < encoded.length) {
      int tag = encoded[at++];
      long number = 0;
      int shift = 0;
      byte next;
      do {
        if (at >= encoded.length || shift > 63) {
          throw new IllegalArgumentException("truncated key-value of " + encoded.length + " bytes");
        }
        next = encoded[at++];
        number |= (next & 0x7fL) << shift;
        shift += 7;
      } while (next < 0);
      switch (tag) {
        case CREATE_REVISION_TAG -> createRevision = number;
        case MOD_REVISION_TAG -> modRevision = number;
        case VERSION_TAG -> version = number;
        case LEASE_TAG -> lease = number;
        case KEY_TAG, VALUE_TAG -> {
          if (number < 0 || number > encoded.length - at) {
            throw new IllegalArgumentException(
                "field of " + number + " bytes at " + at + " of " + encoded.length);
          }
          Bytes window = Bytes.wrap(encoded, at, (int) number);
          if (tag == KEY_TAG) {
            key = window;
          } else {
            value = window;
          }
          at += (int) number;
        }
        default ->
          throw new IllegalArgumentException("unknown field tag " + tag + " in a key-value");
      }
    }
    return new KeyValue(encoded, key, createRevision, modRevision, version, value, lease);
  }

  /** The encoded {@code mvccpb.KeyValue}. Shared: must not be changed. */
  public byte[] encoded() {
    return encoded;
  }

  public Bytes key() {
    return key;
  }

  /** The revision of the first put of this life of the key; 0 for a deletion. */
  public long createRevision() {
    return createRevision;
  }

  /** The revision of the last change of the key. */
  public long modRevision() {
    return modRevision;
  }

  /** Puts since creation, from 1; 0 for a deletion. */
  public long version() {
    return version;
  }

  public Bytes value() {
    return value;
  }

  /** The lease that the key was attached to by this version; 0 for none. */
  public long lease() {
    return lease;
  }

  /** The same version without its value (etcd v3 API: {@code keys_only}). */
  public KeyValue withoutValue() {
    return value.isEmpty()
        ? this
        : of(key, createRevision, modRevision, version, Bytes.EMPTY, lease);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyValue that && java.util.Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return key + "(c" + createRevision + " m" + modRevision + " v" + version + " =" + value
        + (lease == 0 ? "" : " L" + Long.toHexString(lease)) + ")";
  }
}
