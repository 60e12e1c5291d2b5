package dev.kvorum.store.raft;

import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.Identity;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which member a data directory makes of this process. A directory that was used says so itself, whatever the
 * configuration lists by now; a new one becomes a founder's, or that of a member that was added.
 */
final class Ownership implements DataDirectory.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  private final RaftConfig config;
  private final @Nullable PeerTls tls;
  private Joining.@Nullable Welcome welcome;

  Ownership(RaftConfig config, @Nullable PeerTls tls) {
    this.config = config;
    this.tls = tls;
  }

  @Override
  public Identity of(String diskId) throws IOException, InterruptedException {
    if (config.newCluster()) {
      return new Identity(config.clusterId(), config.memberId(), config.name(), false, diskId);
    }
    Joining.Welcome given = new Joining(config, diskId, tls).ask();
    welcome = given;
    return new Identity(given.clusterId(), given.memberId(), config.name(), true, diskId);
  }

  @Override
  public void check(Identity identity, boolean started) throws UnusableDataException {
    if (identity.joined()) {
      return; // its ids were given to it, the configuration cannot know them
    }
    if (!started || identity.clusterId() == config.clusterId()) {
      DataDirectory.requireSame(
          config.dataDir(), identity, config.clusterId(), config.memberId(), config.name());
    } else {
      LOG.info(
          "member {} goes on as part of cluster {}: its data says who the members are, not the initial cluster {}",
          MemberIds.hex(identity.memberId()),
          MemberIds.hex(identity.clusterId()),
          config.initialCluster().keySet());
    }
    if (!started && !config.newCluster()) {
      throw new UnusableDataException("data directory " + config.dataDir()
          + " was made for a founding member that never started, and the initial cluster state is"
          + " \"existing\": delete it to join as a member that was added (etcdctl member add)");
    }
  }

  /** What the cluster said to this member, if its own state does not say it yet. */
  Joining.@Nullable Welcome welcome(DataDirectory data, ClusterView table)
      throws IOException, InterruptedException {
    Identity identity = data.identity();
    if (!identity.joined() || table.founded()) {
      return null;
    }
    Joining.Welcome given = welcome;
    if (given == null) {
      given = new Joining(config, identity.diskId(), tls).ask();
    }
    if (given.memberId() != identity.memberId() || given.clusterId() != identity.clusterId()) {
      throw new UnusableDataException("data directory " + config.dataDir() + " belongs to member "
          + MemberIds.hex(identity.memberId()) + " of cluster "
          + MemberIds.hex(identity.clusterId()) + ", the cluster says that this is member "
          + MemberIds.hex(given.memberId()) + " of " + MemberIds.hex(given.clusterId()));
    }
    return given;
  }
}
