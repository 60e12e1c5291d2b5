package dev.kvorum.apiserver.http;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What makes a request a WebSocket. Browsers' pages are not kept apart by their origin: who a client is says its token. */
final class WebSockets {
  /** A "protocol" that carries a token, as browsers can set no other header; it is none to agree upon. */
  private static final String TOKEN_PROTOCOL = "base64url.bearer.authorization.k8s.io.";

  private static final String KEY_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_FRAME_BYTES = 64 << 10;

  private WebSockets() {}

  static boolean isAskedFor(io.netty.handler.codec.http.HttpRequest head) {
    return head.method().equals(HttpMethod.GET)
        && head.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
  }

  /** Whether the handshake is one that can be completed. */
  static boolean isPossible(io.netty.handler.codec.http.HttpRequest head) {
    HttpHeaders headers = head.headers();
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    return key != null
        && !key.isBlank()
        && "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && protocols(headers).size() <= 1;
  }

  private static List<String> protocols(HttpHeaders headers) {
    List<String> protocols = new ArrayList<>();
    for (String value : headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
      for (String protocol : value.split(",", -1)) {
        String name = protocol.strip();
        if (!name.isEmpty() && !name.startsWith(TOKEN_PROTOCOL)) {
          protocols.add(name);
        }
      }
    }
    return protocols;
  }

  /** The protocol that is spoken; null if none was named. */
  static @Nullable String protocol(HttpHeaders headers) {
    List<String> protocols = protocols(headers);
    return protocols.isEmpty() ? null : protocols.get(0);
  }

  /** The answer to the client's key, which shows that a WebSocket is meant. */
  static String accept(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1")
          .digest((key.strip() + KEY_SALT).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  static void addCodec(ChannelPipeline pipeline, String after) {
    pipeline.addAfter(after, null, new WebSocket13FrameEncoder(false));
    pipeline.addAfter(
        after,
        null,
        new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(true)
            .allowExtensions(false)
            .maxFramePayloadLength(MAX_FRAME_BYTES)
            .withUTF8Validator(false)
            .build()));
  }
}
