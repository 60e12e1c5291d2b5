package dev.kvorum.apiserver.protobuf;

import java.util.Arrays;

/**
 * What is around every object: its kind, and the bytes of its message.
 *
 * @param apiVersion empty if it does not say
 * @param kind empty if it does not say
 */
record Envelope(String apiVersion, String kind, WireReader message) {
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final WireReader NOTHING = new WireReader(new byte[0], 0, 0);

  static boolean isOne(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  static Envelope read(byte[] bytes) throws ProtobufException {
    if (!isOne(bytes)) {
      throw new ProtobufException("the bytes do not begin with \"k8s\\0\"");
    }
    WireReader reader = new WireReader(bytes, MAGIC.length, bytes.length);
    if (!reader.hasMore()) {
      throw new ProtobufException("empty body");
    }
    String apiVersion = "";
    String kind = "";
    WireReader message = NOTHING;
    while (reader.hasMore()) {
      int tag = reader.tag();
      switch (tag >>> 3) {
        case 1 -> {
          reader.expect(tag, WireReader.BYTES);
          WireReader meta = reader.message();
          while (meta.hasMore()) {
            int inner = meta.tag();
            switch (inner >>> 3) {
              case 1 -> {
                meta.expect(inner, WireReader.BYTES);
                apiVersion = meta.message().text();
              }
              case 2 -> {
                meta.expect(inner, WireReader.BYTES);
                kind = meta.message().text();
              }
              default -> meta.skip(inner);
            }
          }
        }
        case 2 -> {
          reader.expect(tag, WireReader.BYTES);
          message = reader.message();
        }
        default -> reader.skip(tag);
      }
    }
    return new Envelope(apiVersion, kind, message);
  }

  /** Begins one: what stands behind the message. */
  static void begin(WireWriter writer) {
    // The content's encoding and type: always there, always empty.
    writer.field(4, "");
    writer.field(3, "");
  }

  /** Ends one: what stands before the message, which was written since the size was {@code sizeBefore}. */
  static void end(WireWriter writer, int sizeBefore, String apiVersion, String kind) {
    writer.close(2, sizeBefore);
    int before = writer.size();
    writer.field(2, kind);
    writer.field(1, apiVersion);
    writer.close(1, before);
    writer.raw(MAGIC);
  }
}
