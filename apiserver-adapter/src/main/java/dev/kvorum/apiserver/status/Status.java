package dev.kvorum.apiserver.status;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.StatusDetails.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A refusal or failure, as clients are told of it.
 *
 * @param code of HTTP
 * @param details null if there are none
 * @param next with what a list goes on that has come to its end before its time; empty for all others
 */
public record Status(
    int code, Reason reason, String message, @Nullable StatusDetails details, String next) {

  Status(int code, Reason reason, String message, @Nullable StatusDetails details) {
    this(code, reason, message, details, "");
  }

  /** The object that is sent. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("kind", "Status");
    json.put("apiVersion", "v1");
    ObjectNode metadata = json.putObject("metadata");
    if (!next.isEmpty()) {
      metadata.put("continue", next);
    }
    json.put("status", "Failure");
    if (!message.isEmpty()) {
      json.put("message", message);
    }
    if (reason != Reason.UNKNOWN) {
      json.put("reason", reason.word());
    }
    if (details != null) {
      json.set("details", details.toJson());
    }
    json.put("code", code);
    return json;
  }

  /** When the client is to ask again, in seconds; 0 if that is not said. */
  public int retryAfterSeconds() {
    return details == null ? 0 : details.retryAfterSeconds();
  }

  private static Status plain(int code, Reason reason, String message) {
    return new Status(code, reason, message, null);
  }

  /** The client did not say who it is, or not so that it is believed. */
  public static Status unauthorized() {
    return plain(401, Reason.UNAUTHORIZED, "Unauthorized");
  }

  /**
   * Not for this client.
   *
   * @param name of the object; empty if it is about all
   */
  public static Status forbidden(GroupResource resource, String name, String why) {
    String what = name.isEmpty() ? resource.toString() : resource + " \"" + name + "\"";
    return new Status(
        403, Reason.FORBIDDEN, what + " is forbidden: " + why, StatusDetails.of(resource, name));
  }

  /** A new object is not for a namespace that is going. */
  public static Status namespaceTerminating(GroupResource resource, String name, String namespace) {
    Status refusal = forbidden(
        resource,
        name,
        "unable to create new content in namespace " + namespace
            + " because it is being terminated");
    Cause cause = new Cause(
        "NamespaceTerminating",
        "namespace " + namespace + " is being terminated",
        "metadata.namespace");
    return new Status(
        refusal.code,
        refusal.reason,
        refusal.message,
        StatusDetails.of(resource, name).withCause(cause));
  }

  /** Not for this client, and about no resource. */
  public static Status forbidden(String why) {
    return new Status(403, Reason.FORBIDDEN, "forbidden: " + why, StatusDetails.of(List.of()));
  }

  /** There is no such object. */
  public static Status notFound(GroupResource resource, String name) {
    return new Status(
        404,
        Reason.NOT_FOUND,
        resource + " \"" + name + "\" not found",
        StatusDetails.of(resource, name));
  }

  /** There is nothing at this path; nothing more is known. */
  public static Status noSuchPath() {
    return new Status(
        404,
        Reason.NOT_FOUND,
        "the server could not find the requested resource",
        StatusDetails.of(List.of()));
  }

  /** The path exists, and the method does not go with it; nothing more is known. */
  public static Status noSuchMethod() {
    return new Status(
        405,
        Reason.METHOD_NOT_ALLOWED,
        "the server does not allow this method on the requested resource",
        StatusDetails.of(List.of()));
  }

  /** What the client accepts is not offered at a place of built-in resources. */
  public static Status notAvailable(List<String> offered) {
    return new Status(
        406,
        Reason.NOT_ACCEPTABLE,
        "406: Not Acceptable\n\nAvailable representations: " + String.join(", ", offered),
        StatusDetails.of(List.of()));
  }

  /** The body is of a media type that a place of built-in resources does not read. */
  public static Status unknownMediaType() {
    return new Status(
        415,
        Reason.UNSUPPORTED_MEDIA_TYPE,
        "415: Unsupported Media Type",
        StatusDetails.of(List.of()));
  }

  /** There is nothing at this path. */
  public static Status noSuchResource(String verb, GroupResource resource, String name) {
    return unexpected(
        404,
        Reason.NOT_FOUND,
        "the server could not find the requested resource",
        verb,
        resource,
        name);
  }

  /** The path exists, and the method does not go with it. */
  public static Status noSuchMethod(String verb, GroupResource resource, String name) {
    return unexpected(
        405,
        Reason.METHOD_NOT_ALLOWED,
        "the server does not allow this method on the requested resource",
        verb,
        resource,
        name);
  }

  /** The body could be read and makes no sense. */
  public static Status rejected(String verb, GroupResource resource, String name) {
    return unexpected(
        422,
        Reason.INVALID,
        "the server rejected our request due to an error in our request",
        verb,
        resource,
        name);
  }

  private static Status unexpected(
      int code, Reason reason, String message, String verb, GroupResource resource, String name) {
    Cause cause = new Cause("UnexpectedServerResponse", "", "");
    return new Status(
        code,
        reason,
        message + " (" + (verb + " " + resource + " " + name).stripTrailing() + ")",
        StatusDetails.of(resource, name).withCause(cause));
  }

  /** The resource exists, and does not have this verb. */
  public static Status methodNotSupported(GroupResource resource, String verb) {
    return new Status(
        405,
        Reason.METHOD_NOT_ALLOWED,
        verb + " is not supported on resources of kind \"" + resource + "\"",
        StatusDetails.of(resource, ""));
  }

  /** None of the media types that the client accepts can be had. */
  public static Status notAcceptable(List<String> offered) {
    return plain(
        406,
        Reason.NOT_ACCEPTABLE,
        "only the following media types are accepted: " + String.join(", ", offered));
  }

  /** What the client accepts cannot be made of what it asks for. */
  public static Status notAcceptable(String why) {
    return plain(406, Reason.NOT_ACCEPTABLE, why);
  }

  /** The body is of a media type that is not read. */
  public static Status unsupportedMediaType(List<String> accepted) {
    return plain(
        415,
        Reason.UNSUPPORTED_MEDIA_TYPE,
        "the body of the request was in an unknown format - accepted media types include: "
            + String.join(", ", accepted));
  }

  public static Status alreadyExists(GroupResource resource, String name) {
    return new Status(
        409,
        Reason.ALREADY_EXISTS,
        resource + " \"" + name + "\" already exists",
        StatusDetails.of(resource, name));
  }

  /** No name that the server has made up was free. */
  public static Status generatedNameExists(GroupResource resource, String name) {
    Status exists = alreadyExists(resource, name);
    return new Status(
        exists.code,
        exists.reason,
        exists.message + ", the server was not able to generate a unique name for the object",
        StatusDetails.of(resource, name).withRetryAfter(1));
  }

  /** The same with words before its message. */
  public Status withPrefix(String words) {
    return new Status(code, reason, words + message, details, next);
  }

  /** Somebody else was faster, or a precondition does not hold. */
  public static Status conflict(GroupResource resource, String name, String why) {
    return new Status(
        409,
        Reason.CONFLICT,
        "Operation cannot be fulfilled on " + resource + " \"" + name + "\": " + why,
        StatusDetails.of(resource, name));
  }

  /** Others own fields of an applied configuration. */
  public static Status applyConflict(List<Cause> causes, String message) {
    return new Status(409, Reason.CONFLICT, message, StatusDetails.of(causes));
  }

  public static Status gone(String message) {
    return plain(410, Reason.GONE, message);
  }

  /** The revision that was asked for is not there any more. */
  public static Status expired(String message) {
    return plain(410, Reason.EXPIRED, message);
  }

  /** The same for a list that goes on with {@code token}. */
  public Status withContinue(String token) {
    return new Status(code, reason, message, details, token);
  }

  /** The store has not come to the state yet that the client knows. */
  public static Status tooLargeVersion(long asked, long current) {
    return new Status(
        504,
        Reason.TIMEOUT,
        "Timeout: Too large resource version: " + asked + ", current: " + current,
        StatusDetails.of(
                List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")))
            .withRetryAfter(1));
  }

  /** An operation of a patch cannot be done. */
  public static Status patchRejected() {
    return new Status(
        422,
        Reason.INVALID,
        "the server rejected our request due to an error in our request",
        StatusDetails.of(List.of()));
  }

  public static Status badRequest(String message) {
    return plain(400, Reason.BAD_REQUEST, message);
  }

  public static Status tooLarge(String why) {
    return plain(413, Reason.REQUEST_ENTITY_TOO_LARGE, "Request entity too large: " + why);
  }

  /** An object has values that it may not have. */
  public static Status invalid(GroupVersionKind kind, String name, List<FieldError> errors) {
    String what = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    List<String> texts = errors.stream().map(FieldError::toString).distinct().toList();
    List<Cause> causes = new ArrayList<>();
    for (FieldError error : errors) {
      causes.add(new Cause(error.type().reason(), error.detailText(), error.field()));
    }
    return new Status(
        422,
        Reason.INVALID,
        what + " \"" + name + "\" is invalid: "
            + (texts.size() == 1
                ? texts.getFirst()
                : texts.stream().collect(Collectors.joining(", ", "[", "]"))),
        new StatusDetails(name, kind.group(), kind.kind(), "", causes, 0));
  }

  /** More at a time than the server does. */
  public static Status tooManyRequests(String message, int retryAfterSeconds) {
    return new Status(
        429,
        Reason.TOO_MANY_REQUESTS,
        message,
        StatusDetails.of(List.of()).withRetryAfter(retryAfterSeconds));
  }

  /** As {@link #tooManyRequests(String, int)}, without a word about when to come back. */
  public static Status tooManyRequests(String why) {
    return plain(429, Reason.TOO_MANY_REQUESTS, "Too many requests: " + why);
  }

  /** A failure that is none of the client's. */
  public static Status internalError(String what) {
    return new Status(
        500,
        Reason.INTERNAL_ERROR,
        "Internal error occurred: " + what,
        StatusDetails.of(List.of(new Cause("", what, ""))));
  }

  /** A failure of which upstream's server says no more than its words. */
  public static Status failure(String message) {
    return plain(500, Reason.UNKNOWN, message);
  }

  /** Not now; the same request may do later. */
  public static Status serverTimeout(GroupResource resource, String verb, int retryAfterSeconds) {
    return new Status(
        500,
        Reason.SERVER_TIMEOUT,
        "The " + verb + " operation against " + resource
            + " could not be completed at this time, please try again.",
        StatusDetails.of(resource, verb).withRetryAfter(retryAfterSeconds));
  }

  public static Status serviceUnavailable(String message) {
    return plain(503, Reason.SERVICE_UNAVAILABLE, message);
  }

  /** It took too long, and may or may not have been done. */
  public static Status timeout(String what, int retryAfterSeconds) {
    return new Status(
        504,
        Reason.TIMEOUT,
        "Timeout: " + what,
        StatusDetails.of(List.of()).withRetryAfter(retryAfterSeconds));
  }
}
