package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.BodyEncoder;
import dev.kvorum.apiserver.codec.CodecException;
import dev.kvorum.apiserver.codec.MediaType;
import dev.kvorum.apiserver.codec.Negotiated;
import dev.kvorum.apiserver.codec.Negotiation;
import dev.kvorum.apiserver.codec.Offer;
import dev.kvorum.apiserver.codec.Transform;
import dev.kvorum.apiserver.codec.Warnings;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.registry.Listed;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.table.IncludeObject;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/** Makes answers of objects, as the client wants them. For all threads. */
final class Answers {
  private static final Offer STATUS =
      new Offer(List.of(MediaType.JSON, MediaType.YAML, MediaType.PROTOBUF), List.of(), false);

  private static final int NOT_ACCEPTABLE = 406;

  private final BodyEncoder encoder;
  private final InstantSource clock;

  Answers(BodyEncoder encoder, InstantSource clock) {
    this.encoder = encoder;
    this.clock = clock;
  }

  /**
   * Reads what a client wants to get.
   *
   * @throws StatusException (406) if it cannot be had
   */
  Wanted wanted(HttpRequest request, Resource resource, boolean watch) {
    Offer offer = watch
        ? (resource.custom() ? Offer.CUSTOM_WATCH : Offer.BUILT_IN_WATCH)
        : (resource.custom() ? Offer.CUSTOM : Offer.BUILT_IN);
    String include = request.query().first("includeObject");
    IncludeObject included = IncludeObject.parse(include);
    if (included == null) {
      throw new StatusException(
          Status.badRequest("unrecognized includeObject value: \"" + include + "\""));
    }
    try {
      return new Wanted(resource, negotiated(request, offer), included, clock);
    } catch (StatusException e) {
      boolean known = watch || resource.custom() || e.status().code() != NOT_ACCEPTABLE;
      throw known
          ? e
          : new StatusException(Status.notAvailable(
              STATUS.plain().stream().map(MediaType::toString).toList()));
    }
  }

  private static Negotiated negotiated(HttpRequest request, Offer offer) {
    try {
      return Negotiation.ofAnswer(
          String.join(",", request.headers().all("Accept")),
          request.query().first("pretty"),
          request.headers().first("User-Agent"),
          offer);
    } catch (CodecException e) {
      throw new StatusException(e.status());
    }
  }

  /** One object. */
  HttpResponse object(int code, ObjectNode object, Wanted wanted, List<String> warnings) {
    return encoded(code, wanted.one(object, true), wanted.form(), warnings);
  }

  /** A page of a list. */
  HttpResponse list(Listed listed, Wanted wanted) {
    return encoded(200, wanted.list(listed), wanted.form(), List.of());
  }

  /** That an object was deleted. */
  HttpResponse deleted(ObjectNode object, Wanted wanted) {
    Resource resource = wanted.resource();
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    ObjectNode details = status.putObject("details");
    details.put("name", Metadata.name(object));
    if (!resource.name().group().isEmpty()) {
      details.put("group", resource.name().group());
    }
    details.put("kind", resource.name().resource());
    details.put("uid", Metadata.uid(object));
    return encoded(200, status, plain(wanted.form()), List.of());
  }

  /** That what was asked for is done. */
  HttpResponse success(int code, Wanted wanted) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    status.put("code", code);
    return encoded(code, status, plain(wanted.form()), List.of());
  }

  /** A refusal or failure. */
  HttpResponse status(Status status, HttpRequest request) {
    Negotiated form;
    try {
      form = negotiated(request, STATUS);
    } catch (StatusException e) {
      form = new Negotiated(MediaType.JSON, Transform.NONE, true); // for a person, it seems
    }
    HttpResponse response = encoded(status.code(), status.toJson(), form, List.of());
    return status.retryAfterSeconds() > 0
        ? new HttpResponse(
            response.status(),
            response.headers().with("Retry-After", Integer.toString(status.retryAfterSeconds())),
            response.body())
        : response;
  }

  /** An object that is not stored. */
  HttpResponse review(int code, ObjectNode object, HttpRequest request) {
    return encoded(code, object, negotiated(request, Offer.BUILT_IN), List.of());
  }

  /** A document that is the same for everybody, in JSON. */
  HttpResponse document(JsonNode document, HttpRequest request) {
    return encoded(200, document, negotiated(request, STATUS), List.of());
  }

  private static Negotiated plain(Negotiated form) {
    return new Negotiated(form.type(), Transform.NONE, form.pretty());
  }

  private HttpResponse encoded(int code, JsonNode object, Negotiated form, List<String> warnings) {
    HttpFields.Builder headers = HttpFields.builder();
    headers.add("Cache-Control", "no-cache, private");
    headers.add("Content-Type", form.type().toString());
    Warnings sent = new Warnings();
    sent.addAll(warnings);
    sent.headers().forEach(each -> headers.add("Warning", each));
    try {
      return new HttpResponse(code, headers.build(), encoder.encode(object, form));
    } catch (CodecException e) {
      return new HttpResponse(
          e.status().code(),
          HttpFields.of("Content-Type", MediaType.JSON.toString()),
          e.status().toJson().toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
