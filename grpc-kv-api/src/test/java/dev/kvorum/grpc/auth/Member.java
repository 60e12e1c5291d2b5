package dev.kvorum.grpc.auth;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.KvServer;
import dev.kvorum.grpc.ServerConfig;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.UserAddOptions;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.identity.AuthConfig;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A member of one, served in this process, with what a test needs to talk to it as one user or another. */
final class Member implements AutoCloseable {
  static final AuthConfig QUICK = new AuthConfig("simple", Duration.ofMinutes(5), 4, 0);

  private final Path home;
  private final AuthConfig auth;
  private final int peerPort;
  private RaftKvStore store;
  private KvServer server;
  private ManagedChannel channel;

  private Member(Path home, AuthConfig auth) throws IOException, InterruptedException {
    this.home = home;
    this.auth = auth;
    this.peerPort = freePort();
    store = open();
    server = serve();
    channel = connect();
  }

  static Member start(Path home) throws IOException, InterruptedException {
    return start(home, QUICK);
  }

  static Member start(Path home, AuthConfig auth) throws IOException, InterruptedException {
    return new Member(home, auth);
  }

  private RaftKvStore open() throws IOException, InterruptedException {
    RaftKvStore opened = RaftKvStore.open(RaftConfig.builder(home.resolve("data"), "m0")
        .initialCluster(Map.of("m0", List.of("http://127.0.0.1:" + peerPort)))
        .auth(auth)
        .build());
    // Answered, or refused, once there is a leader.
    opened.auth().status(CallContext.inline()).orTimeout(60, TimeUnit.SECONDS).join();
    return opened;
  }

  private KvServer serve() throws IOException {
    return KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress(server.clientAddresses().get(0))
        .usePlaintext()
        .build();
  }

  void restart() throws IOException, InterruptedException {
    channel.shutdownNow();
    server.close();
    store.close();
    store = open();
    server = serve();
    channel = connect();
  }

  RaftKvStore store() {
    return store;
  }

  Path home() {
    return home;
  }

  /** The store's revision, whatever is on. */
  long revision() {
    return store.revision();
  }

  /** Nobody. */
  As nobody() {
    return new As(channel);
  }

  /** Someone with this token. */
  As with(String token) {
    return header("token", token);
  }

  As header(String name, String value) {
    return new As(ClientInterceptors.intercept(channel, new Header(name, value)));
  }

  /** Someone who has just logged in. */
  As login(String user, String password) {
    return with(token(user, password));
  }

  String token(String user, String password) {
    return nobody()
        .auth()
        .authenticate(
            AuthenticateRequest.newBuilder().setName(user).setPassword(password).build())
        .getToken();
  }

  /** Makes the user and the role root, and turns authentication on. */
  As enable() {
    AuthGrpc.AuthBlockingStub auth = nobody().auth();
    auth.userAdd(
        AuthUserAddRequest.newBuilder().setName("root").setPassword("secret").build());
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
    auth.userGrantRole(
        AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    auth.authEnable(AuthEnableRequest.getDefaultInstance());
    return login("root", "secret");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    store.close();
  }

  /** How a call ended, in the form "CODE text"; "OK" if it did not fail. */
  static String outcome(Runnable call) {
    try {
      call.run();
      return "OK";
    } catch (StatusRuntimeException e) {
      Status status = e.getStatus();
      return status.getCode() + " " + status.getDescription();
    }
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  static KeyRange range(String key, String end) {
    return new KeyRange(dev.kvorum.store.Bytes.utf8(key), dev.kvorum.store.Bytes.utf8(end));
  }

  /** A serializable look at a key past every check, for finding out what was written. */
  boolean exists(String key) {
    return store
            .range(
                RangeRequest.latest(KeyRange.single(dev.kvorum.store.Bytes.utf8(key))),
                CallContext.inline().by(dev.kvorum.store.Caller.MEMBER))
            .join()
            .count()
        > 0;
  }

  /** What one caller can ask for. */
  record As(Channel channel) {
    AuthGrpc.AuthBlockingStub auth() {
      return AuthGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    KVGrpc.KVBlockingStub kv() {
      return KVGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    LeaseGrpc.LeaseBlockingStub lease() {
      return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    LeaseGrpc.LeaseStub leases() {
      return LeaseGrpc.newStub(channel);
    }

    WatchGrpc.WatchStub watch() {
      return WatchGrpc.newStub(channel);
    }

    ClusterGrpc.ClusterBlockingStub cluster() {
      return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
      return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** A user with a password of the same text as the name, and roles. */
    void addUser(String name, String... roles) {
      auth()
          .userAdd(
              AuthUserAddRequest.newBuilder().setName(name).setPassword(name).build());
      for (String role : roles) {
        auth()
            .userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(name)
                .setRole(role)
                .build());
      }
    }

    void addUserWithoutPassword(String name) {
      auth()
          .userAdd(AuthUserAddRequest.newBuilder()
              .setName(name)
              .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
              .build());
    }

    void addRole(String name) {
      auth().roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
    }

    void grant(String role, Permission.Type type, String key, String end) {
      auth()
          .roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
              .setName(role)
              .setPerm(Permission.newBuilder()
                  .setPermType(type)
                  .setKey(bytes(key))
                  .setRangeEnd(bytes(end)))
              .build());
    }
  }

  private record Header(String name, String value) implements ClientInterceptor {
    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<RespT> listener, Metadata headers) {
          headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
          super.start(listener, headers);
        }
      };
    }
  }
}
