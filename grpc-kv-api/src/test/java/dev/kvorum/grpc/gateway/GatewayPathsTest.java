package dev.kvorum.grpc.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.proto.etcd.RpcProto;
import dev.kvorum.proto.etcd.V3ElectionProto;
import dev.kvorum.proto.etcd.V3LockProto;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatewayPathsTest {
  /** etcd offers these by gRPC only. */
  private static final Set<String> WITHOUT_PATH = Set.of("etcdserverpb.KV/RangeStream");

  @Test
  void everyMethodOfTheProtocolHasAPathAndNothingElseHas() {
    Set<String> methods = Stream.of(
            RpcProto.getDescriptor(), V3LockProto.getDescriptor(), V3ElectionProto.getDescriptor())
        .flatMap(file -> file.getServices().stream())
        .flatMap(service -> service.getMethods().stream()
            .map(method -> service.getFullName() + "/" + method.getName()))
        .filter(method -> !WITHOUT_PATH.contains(method))
        .collect(Collectors.toCollection(TreeSet::new));

    assertThat(new TreeSet<>(GatewayPaths.all().keySet())).isEqualTo(methods);
  }

  @Test
  void noTwoMethodsShareAPath() {
    List<String> paths =
        GatewayPaths.all().values().stream().flatMap(List::stream).toList();

    assertThat(paths).doesNotHaveDuplicates().allMatch(path -> path.startsWith(JsonGateway.PREFIX));
  }
}
