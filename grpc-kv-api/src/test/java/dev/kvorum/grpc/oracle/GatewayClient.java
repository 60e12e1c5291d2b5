package dev.kvorum.grpc.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One server as the clients of its JSON gateway see it. */
final class GatewayClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where each method with one answer is, as etcd has it. */
  private static final Map<String, String> PATHS = Stream.of(
          "etcdserverpb.KV/Range kv/range",
          "etcdserverpb.KV/Put kv/put",
          "etcdserverpb.KV/DeleteRange kv/deleterange",
          "etcdserverpb.KV/Txn kv/txn",
          "etcdserverpb.KV/Compact kv/compaction",
          "etcdserverpb.Lease/LeaseGrant lease/grant",
          "etcdserverpb.Lease/LeaseRevoke lease/revoke",
          "etcdserverpb.Lease/LeaseTimeToLive lease/timetolive",
          "etcdserverpb.Lease/LeaseLeases lease/leases",
          "etcdserverpb.Cluster/MemberAdd cluster/member/add",
          "etcdserverpb.Cluster/MemberRemove cluster/member/remove",
          "etcdserverpb.Cluster/MemberUpdate cluster/member/update",
          "etcdserverpb.Cluster/MemberList cluster/member/list",
          "etcdserverpb.Cluster/MemberPromote cluster/member/promote",
          "etcdserverpb.Maintenance/Alarm maintenance/alarm",
          "etcdserverpb.Maintenance/Status maintenance/status",
          "etcdserverpb.Maintenance/Defragment maintenance/defragment",
          "etcdserverpb.Maintenance/Hash maintenance/hash",
          "etcdserverpb.Maintenance/HashKV maintenance/hashkv",
          "etcdserverpb.Maintenance/MoveLeader maintenance/transfer-leadership",
          "etcdserverpb.Maintenance/Downgrade maintenance/downgrade",
          "etcdserverpb.Auth/AuthEnable auth/enable",
          "etcdserverpb.Auth/AuthDisable auth/disable",
          "etcdserverpb.Auth/AuthStatus auth/status",
          "etcdserverpb.Auth/Authenticate auth/authenticate",
          "etcdserverpb.Auth/UserAdd auth/user/add",
          "etcdserverpb.Auth/UserGet auth/user/get",
          "etcdserverpb.Auth/UserList auth/user/list",
          "etcdserverpb.Auth/UserDelete auth/user/delete",
          "etcdserverpb.Auth/UserChangePassword auth/user/changepw",
          "etcdserverpb.Auth/UserGrantRole auth/user/grant",
          "etcdserverpb.Auth/UserRevokeRole auth/user/revoke",
          "etcdserverpb.Auth/RoleAdd auth/role/add",
          "etcdserverpb.Auth/RoleGet auth/role/get",
          "etcdserverpb.Auth/RoleList auth/role/list",
          "etcdserverpb.Auth/RoleDelete auth/role/delete",
          "etcdserverpb.Auth/RoleGrantPermission auth/role/grant",
          "etcdserverpb.Auth/RoleRevokePermission auth/role/revoke",
          "v3lockpb.Lock/Lock lock/lock",
          "v3lockpb.Lock/Unlock lock/unlock",
          "v3electionpb.Election/Campaign election/campaign",
          "v3electionpb.Election/Proclaim election/proclaim",
          "v3electionpb.Election/Leader election/leader",
          "v3electionpb.Election/Resign election/resign")
      .map(line -> line.split(" ", -1))
      .collect(Collectors.toUnmodifiableMap(line -> line[0], line -> "/v3/" + line[1]));

  private final String address;
  private @Nullable HttpClient http;

  GatewayClient(String address) {
    this.address = address;
  }

  /** Whether {@code method} has a path. */
  static boolean knows(MethodDescriptor<?, ?> method) {
    return PATHS.containsKey(method.getFullMethodName());
  }

  /** Starts a call; the future always completes normally. */
  CompletableFuture<Answer> call(
      MethodDescriptor<?, ?> method, Message request, Who.Credential credential) {
    String path = PATHS.get(method.getFullMethodName());
    HttpRequest.Builder post = HttpRequest.newBuilder(URI.create("http://" + address + path))
        .timeout(Duration.ofSeconds(Endpoint.CALL_BOUND_SECONDS))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JsonMessages.json(request).toString()));
    if (!credential.isNone()) {
      post.header("Authorization", credential.authorization());
    }
    return http()
        .sendAsync(post.build(), HttpResponse.BodyHandlers.ofString())
        .handle((response, failure) -> failure == null
            ? answer(response, method)
            : new Answer.Failure(Status.Code.UNAVAILABLE, "no answer: " + failure));
  }

  private HttpClient http() {
    HttpClient client = http;
    if (client == null) {
      client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      http = client;
    }
    return client;
  }

  private static Answer answer(HttpResponse<String> response, MethodDescriptor<?, ?> method) {
    Object prototype = ((MethodDescriptor.PrototypeMarshaller<?>) method.getResponseMarshaller())
        .getMessagePrototype();
    if (!(prototype instanceof Message message)) {
      throw new IllegalArgumentException(method + " does not answer with a message");
    }
    Descriptor type = message.getDescriptorForType();
    Answer said;
    try {
      JsonNode tree = JSON.readTree(response.body());
      said = response.statusCode() == 200
          ? new Answer.Reply(JsonMessages.message(tree, type))
          : failure(tree);
    } catch (JsonProcessingException | IllegalArgumentException odd) {
      said = new Answer.Failure(Status.Code.UNKNOWN, odd.getMessage() + ": " + response.body());
    }
    Function<String, String> header =
        name -> response.headers().firstValue(name).orElse("");
    return new Answer.Json(said, response.statusCode(), header.apply("Content-Type"));
  }

  private static Answer failure(JsonNode tree) {
    if (tree.size() != 2 || !tree.path("code").isInt() || !tree.path("message").isTextual()) {
      throw new IllegalArgumentException("not a failure");
    }
    return new Answer.Failure(
        Status.fromCodeValue(tree.path("code").intValue()).getCode(),
        tree.path("message").textValue());
  }

  @Override
  public void close() {
    HttpClient client = http;
    if (client != null) {
      client.shutdownNow();
    }
  }
}
