package dev.kvorum.cli;

import dev.kvorum.grpc.client.RemoteKvStore;
import dev.kvorum.tls.ClientTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The Kubernetes API in a process of its own, on an etcd that runs elsewhere: ours or another. */
@Command(
    name = "apiserver",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serves the Kubernetes API on an etcd that runs elsewhere: a cluster of Kvorum, or any other.",
      "Objects are where a kube-apiserver has them. Several of these may serve one store."
    })
final class ApiServerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ApiServerCommand.class);

  @Option(
      names = "--store",
      paramLabel = "URL",
      split = ",",
      required = true,
      description = "the client URLs of the store's members, separated by commas")
  private List<String> store = List.of();

  @Mixin
  private ConnectionOptions connection = new ConnectionOptions(System.getenv());

  @Option(
      names = "--api-listen",
      paramLabel = "URL",
      defaultValue = "https://127.0.0.1:6443",
      description =
          "where it is served, over TLS; port 0 for a free one (default: ${DEFAULT-VALUE})")
  private String listen = "https://127.0.0.1:6443";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "kvorum-apiserver",
      description =
          "where its authority and certificates are kept; several servers need the same ones"
              + " (default: ./${DEFAULT-VALUE})")
  private Path directory = Path.of("kvorum-apiserver");

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "where to write how kubectl reaches it, when it is ready (default: in the data directory)")
  private @Nullable Path kubeconfig;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "tokens that it takes: lines of token,user,uid,\"group1,group2\"")
  private @Nullable Path tokens;

  @Override
  public Integer call() {
    List<InetSocketAddress> members = new ArrayList<>();
    ClientTls tls = null;
    for (String url : store) {
      Endpoint member = connection.endpoint("store", url);
      members.add(member.address());
      tls = connection.tls(member);
    }
    try (RemoteKvStore remote = RemoteKvStore.connect(members, tls)) {
      ApiPort api = ApiPort.open(remote, listen, directory, kubeconfig, tokens);
      CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(
              () -> {
                log.info("stopping");
                api.close();
                stopped.countDown();
              },
              "shutdown"));
      System.out.println();
      System.out.println("The Kubernetes API is ready.");
      System.out.print(api.described());
      System.out.flush();
      stopped.await();
      return 0;
    } catch (IOException failure) {
      log.error("cannot reach the store: {}", failure.getMessage());
      return 1;
    } catch (MemberProcess.StartFailure failure) {
      log.error("cannot start: {}", failure.getMessage());
      return 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
