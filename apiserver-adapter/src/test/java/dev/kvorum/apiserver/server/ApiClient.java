package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpHandler;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponder;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.http.HttpStream;
import dev.kvorum.apiserver.http.QueryParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks a handler without a connection between them. */
final class ApiClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpHandler handler;

  ApiClient(HttpHandler handler) {
    this.handler = handler;
  }

  /** An answer. */
  record Answer(int code, HttpFields headers, String text) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError(text, e);
      }
    }

    /** Of a refusal. */
    String message() {
      return json().path("message").asText();
    }
  }

  Answer get(String path) {
    return call("GET", path, "", "");
  }

  Answer delete(String path) {
    return call("DELETE", path, "", "");
  }

  Answer post(String path, String body) {
    return call("POST", path, "application/json", body);
  }

  Answer put(String path, String body) {
    return call("PUT", path, "application/json", body);
  }

  /**
   * Changes an object.
   *
   * @param type {@code merge-patch+json} and the like
   */
  Answer patch(String path, String type, String body) {
    return call("PATCH", path, "application/" + type, body);
  }

  Answer call(String method, String path, String type, String body) {
    AtomicReference<@Nullable HttpResponse> sent = new AtomicReference<>();
    handler.handle(request(method, path, type, body), new HttpResponder() {
      @Override
      public void send(HttpResponse response) {
        if (!sent.compareAndSet(null, response)) {
          throw new IllegalStateException("answered twice");
        }
      }

      @Override
      public HttpStream open(int status, HttpFields headers) {
        throw new AssertionError("a stream in answer to " + method + " " + path);
      }
    });
    HttpResponse response = sent.get();
    if (response == null) {
      throw new AssertionError("no answer to " + method + " " + path);
    }
    return new Answer(
        response.status(), response.headers(), new String(response.body(), StandardCharsets.UTF_8));
  }

  /** Begins a watch. */
  FakeStream watch(String path) {
    FakeStream stream = new FakeStream();
    handler.handle(request("GET", path, "", ""), new HttpResponder() {
      @Override
      public void send(HttpResponse response) {
        throw new AssertionError(new String(response.body(), StandardCharsets.UTF_8));
      }

      @Override
      public HttpStream open(int status, HttpFields headers) {
        return stream;
      }
    });
    return stream;
  }

  private static HttpRequest request(String method, String path, String type, String body) {
    int mark = path.indexOf('?');
    HttpFields.Builder headers = HttpFields.builder();
    headers.add("User-Agent", "test/1");
    if (!type.isEmpty()) {
      headers.add("Content-Type", type);
    }
    return new HttpRequest(
        method,
        mark < 0 ? path : path.substring(0, mark),
        QueryParameters.parse(mark < 0 ? "" : path.substring(mark + 1)),
        headers.build(),
        body.getBytes(StandardCharsets.UTF_8),
        false,
        false,
        List.of(),
        null);
  }
}
