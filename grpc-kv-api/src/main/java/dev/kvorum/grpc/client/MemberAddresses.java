package dev.kvorum.grpc.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The members of a cluster as one target of gRPC's: their addresses are in the target itself. */
final class MemberAddresses extends NameResolverProvider {
  private static final String SCHEME = "kvorum-members";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new MemberAddresses());
  }

  private MemberAddresses() {}

  /** The target that means these members. */
  static String target(List<InetSocketAddress> members) {
    String path = members.stream()
        .map(member -> member.getHostString() + "|" + member.getPort())
        .collect(Collectors.joining(",", "/", ""));
    try {
      return new URI(SCHEME, "", path, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("members " + members, e);
    }
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    String[] addresses = target.getPath().substring(1).split(",", -1);
    return new NameResolver() {
      @Override
      public String getServiceAuthority() {
        return "etcd";
      }

      @Override
      public void start(Listener2 listener) {
        listener.onResult2(ResolutionResult.newBuilder()
            .setAddressesOrError(StatusOr.fromValue(
                Arrays.stream(addresses).map(MemberAddresses::address).toList()))
            .build());
      }

      @Override
      public void shutdown() {}
    };
  }

  private static EquivalentAddressGroup address(String hostAndPort) {
    int port = hostAndPort.lastIndexOf('|');
    String host = hostAndPort.substring(0, port);
    int number = Integer.parseInt(hostAndPort.substring(port + 1));
    // Over TLS, this is what the certificate has to be for.
    String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + number;
    return new EquivalentAddressGroup(
        new InetSocketAddress(host, number),
        Attributes.newBuilder()
            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority)
            .build());
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }
}
