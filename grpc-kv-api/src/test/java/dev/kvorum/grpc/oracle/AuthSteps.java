package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AuthDisableRequest;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleDeleteRequest;
import dev.kvorum.proto.etcd.AuthRoleGetRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthRoleListRequest;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.proto.etcd.AuthStatusRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserChangePasswordRequest;
import dev.kvorum.proto.etcd.AuthUserDeleteRequest;
import dev.kvorum.proto.etcd.AuthUserGetRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthUserListRequest;
import dev.kvorum.proto.etcd.AuthUserRevokeRoleRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.UserAddOptions;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Users, roles, permissions, and in whose name calls are made. */
final class AuthSteps {
  private static final List<String> USERS = List.of("alice", "bob", "carol", "root");
  private static final List<String> ROLES = List.of("r1", "r2", "r3", "root");
  private static final List<String> PASSWORDS = List.of("p1", "p2", "p3");
  private static final List<Who.Form> FORMS =
      List.of(Who.Form.TOKEN, Who.Form.AUTHORIZATION, Who.Form.BEARER);
  private static final String KEEPER = "keeper";

  private final Random random;
  private final Requests requests;

  /** As they are if everything asked for was done. */
  private final Map<String, String> passwords = new HashMap<>();

  AuthSteps(Random random, Requests requests) {
    this.random = random;
    this.requests = requests;
  }

  /** Some users with some rights; mostly with authentication on. */
  List<Step> begin() {
    List<Step> steps = new ArrayList<>();
    for (String role : ROLES) {
      steps.add(step(
          AuthGrpc.getRoleAddMethod(),
          AuthRoleAddRequest.newBuilder().setName(role).build()));
    }
    for (String user : USERS) {
      passwords.put(user, "p1");
      steps.add(step(
          AuthGrpc.getUserAddMethod(),
          AuthUserAddRequest.newBuilder().setName(user).setPassword("p1").build()));
    }
    steps.add(grantRole("root", "root"));
    for (int i = 3 + random.nextInt(8); i > 0; i--) {
      steps.add(step(AuthGrpc.getRoleGrantPermissionMethod(), permission()));
    }
    for (String user : List.of("alice", "bob", "carol")) {
      for (int i = random.nextInt(3); i > 0; i--) {
        steps.add(grantRole(user, ROLES.get(random.nextInt(3))));
      }
    }
    if (!chance(15)) {
      steps.add(step(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance()));
      for (String user : USERS) {
        steps.add(login(user, "p1"));
      }
    }
    return steps;
  }

  /** In whose name some call is made. */
  Who who() {
    int dice = random.nextInt(100);
    Who.Form form = FORMS.get(random.nextInt(FORMS.size()));
    if (dice < 62) {
      return new Who(USERS.get(random.nextInt(3)), 0, form);
    } else if (dice < 77) {
      return new Who("root", 0, form);
    } else if (dice < 84) {
      return new Who(KEEPER, 0, form);
    } else if (dice < 90) {
      return Who.NOBODY;
    } else if (dice < 96) {
      return new Who(USERS.get(random.nextInt(USERS.size())), 1, form);
    } else {
      return new Who("somebody else", 0, form);
    }
  }

  /** In whose name users are changed: mostly somebody who may. */
  private Who administrator() {
    return chance(20) ? who() : new Who(chance(30) ? "root" : KEEPER, 0, Who.Form.TOKEN);
  }

  Step next(int client) {
    int dice = random.nextInt(100);
    if (dice < 22) {
      return login(client);
    }
    if (dice < 26) {
      return anybody(
          client, AuthGrpc.getAuthStatusMethod(), AuthStatusRequest.getDefaultInstance());
    }
    if (dice < 40) {
      return look(client);
    }
    return change(client);
  }

  private Step look(int client) {
    return switch (random.nextInt(6)) {
      case 0 ->
        anybody(client, AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
      case 1 ->
        anybody(client, AuthGrpc.getRoleListMethod(), AuthRoleListRequest.getDefaultInstance());
      case 2, 3 ->
        anybody(
            client,
            AuthGrpc.getUserGetMethod(),
            AuthUserGetRequest.newBuilder().setName(user()).build());
      default ->
        anybody(
            client,
            AuthGrpc.getRoleGetMethod(),
            AuthRoleGetRequest.newBuilder().setRole(role()).build());
    };
  }

  private Step change(int client) {
    int dice = random.nextInt(100);
    if (dice < 12) {
      return administrator(client, AuthGrpc.getUserAddMethod(), userAdd());
    } else if (dice < 17) {
      return administrator(
          client,
          AuthGrpc.getUserDeleteMethod(),
          AuthUserDeleteRequest.newBuilder().setName(user()).build());
    } else if (dice < 25) {
      return administrator(client, AuthGrpc.getUserChangePasswordMethod(), changePassword());
    } else if (dice < 42) {
      return administrator(
          client,
          AuthGrpc.getUserGrantRoleMethod(),
          AuthUserGrantRoleRequest.newBuilder().setUser(user()).setRole(role()).build());
    } else if (dice < 50) {
      return administrator(
          client,
          AuthGrpc.getUserRevokeRoleMethod(),
          AuthUserRevokeRoleRequest.newBuilder().setName(user()).setRole(role()).build());
    } else if (dice < 58) {
      return administrator(
          client,
          AuthGrpc.getRoleAddMethod(),
          AuthRoleAddRequest.newBuilder().setName(role()).build());
    } else if (dice < 61) {
      return administrator(
          client,
          AuthGrpc.getRoleDeleteMethod(),
          AuthRoleDeleteRequest.newBuilder().setRole(role()).build());
    } else if (dice < 83) {
      return administrator(client, AuthGrpc.getRoleGrantPermissionMethod(), permission());
    } else if (dice < 92) {
      ByteString key = requests.keyOrEmpty();
      return administrator(
          client,
          AuthGrpc.getRoleRevokePermissionMethod(),
          AuthRoleRevokePermissionRequest.newBuilder()
              .setRole(role())
              .setKey(key)
              .setRangeEnd(requests.rangeEnd(key))
              .build());
    } else if (dice < 97) {
      return administrator(
          client, AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
    } else {
      return administrator(
          client, AuthGrpc.getAuthDisableMethod(), AuthDisableRequest.getDefaultInstance());
    }
  }

  private Message userAdd() {
    String user = user();
    AuthUserAddRequest.Builder add = AuthUserAddRequest.newBuilder().setName(user);
    if (chance(10)) {
      add.setOptions(UserAddOptions.newBuilder().setNoPassword(chance(70)));
    }
    if (!chance(5)) {
      String password = password();
      passwords.putIfAbsent(user, password);
      add.setPassword(password);
    }
    return add.build();
  }

  private Message changePassword() {
    String user = user();
    String password = chance(5) ? "" : password();
    passwords.put(user, password);
    return AuthUserChangePasswordRequest.newBuilder()
        .setName(user)
        .setPassword(password)
        .build();
  }

  private Message permission() {
    AuthRoleGrantPermissionRequest.Builder grant =
        AuthRoleGrantPermissionRequest.newBuilder().setName(role());
    if (!chance(2)) {
      ByteString key = chance(8) ? Keys.ZERO : requests.keyOrEmpty();
      grant.setPerm(Permission.newBuilder()
          .setPermTypeValue(random.nextInt(3))
          .setKey(key)
          .setRangeEnd(requests.rangeEnd(key)));
    }
    return grant.build();
  }

  private Step login(int client) {
    String user = user();
    String password = chance(20) ? password() : passwords.getOrDefault(user, "p1");
    return new Step.Unary(
        new From(client, chance(90) ? Who.NOBODY : who(), chance(15)),
        AuthGrpc.getAuthenticateMethod(),
        AuthenticateRequest.newBuilder().setName(user).setPassword(password).build());
  }

  private static Step login(String user, String password) {
    return step(
        AuthGrpc.getAuthenticateMethod(),
        AuthenticateRequest.newBuilder().setName(user).setPassword(password).build());
  }

  private static Step grantRole(String user, String role) {
    return step(
        AuthGrpc.getUserGrantRoleMethod(),
        AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build());
  }

  private static Step step(MethodDescriptor<?, ?> method, Message request) {
    return new Step.Unary(0, method, request);
  }

  private Step anybody(int client, MethodDescriptor<?, ?> method, Message request) {
    return new Step.Unary(new From(client, who(), chance(15)), method, request);
  }

  private Step administrator(int client, MethodDescriptor<?, ?> method, Message request) {
    return new Step.Unary(new From(client, administrator(), chance(15)), method, request);
  }

  private String user() {
    return chance(3) ? "" : chance(4) ? "dave" : USERS.get(random.nextInt(USERS.size()));
  }

  private String role() {
    return chance(3) ? "" : chance(4) ? "r9" : ROLES.get(random.nextInt(ROLES.size()));
  }

  private String password() {
    return PASSWORDS.get(random.nextInt(PASSWORDS.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
