package org.apache.ratis.util;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.util.function.CheckedFunction;
import org.apache.ratis.util.function.CheckedSupplier;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a server to its peers, made when they are first used; takes the place of Ratis' class of this name.
 *
 * <p>Ratis' own class keeps the first address it hears of for a peer as long as the process lives, and its configuration
 * changes pass over addresses: a member that moved would never be reached again. This class has the same API, and {@link
 * #relocate}, which says where a peer is from now on, whatever the configuration says. It only works when it comes before
 * ratis-common on the class path, which {@link #followsMoves} lets the store check when it starts.
 *
 * @param <P> a connection
 */
@NullMarked
public class PeerProxyMap<P extends Closeable> implements RaftPeer.Add, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerProxyMap.class);

  private final String name;
  private final CheckedFunction<RaftPeer, P, IOException> connect;
  private final Map<RaftPeerId, RaftPeer> peers = new HashMap<>();
  private final Map<RaftPeerId, RaftPeer> moved = new HashMap<>();
  private final Map<RaftPeerId, P> open = new HashMap<>();
  private boolean closed;

  public PeerProxyMap(String name, CheckedFunction<RaftPeer, P, IOException> createProxy) {
    this.name = name;
    this.connect = createProxy;
  }

  /** True; a method that Ratis' own class lacks, so that calling it proves which of the two was loaded. */
  public static boolean followsMoves() {
    return true;
  }

  public String getName() {
    return name;
  }

  /** The connection to a peer that was added; makes it if there is none. */
  public P getProxy(RaftPeerId id) throws IOException {
    synchronized (this) {
      RaftPeer peer = moved.getOrDefault(id, peers.get(id));
      if (peer == null) {
        throw new IOException(name + " knows no peer " + id);
      }
      return proxy(peer);
    }
  }

  private P proxy(RaftPeer peer) throws IOException {
    if (closed) {
      throw new AlreadyClosedException(name + " is closed");
    }
    P known = open.get(peer.getId());
    if (known == null) {
      known = connect.apply(peer);
      open.put(peer.getId(), known);
    }
    return known;
  }

  @Override
  public synchronized void addRaftPeers(Collection<RaftPeer> newPeers) {
    newPeers.forEach(peer -> peers.putIfAbsent(peer.getId(), peer));
  }

  /** Adds a peer if it is not known; supplies the connection to it. */
  public CheckedSupplier<P, IOException> computeIfAbsent(RaftPeer peer) {
    addRaftPeers(List.of(peer));
    return () -> getProxy(peer.getId());
  }

  /** Says where a peer is from now on; a connection to where it was is closed. */
  public void relocate(RaftPeer peer) {
    @Nullable P old;
    synchronized (this) {
      RaftPeer before = moved.getOrDefault(peer.getId(), peers.get(peer.getId()));
      moved.put(peer.getId(), peer);
      peers.putIfAbsent(peer.getId(), peer);
      boolean same =
          before != null && String.valueOf(before.getAddress()).equals(peer.getAddress());
      old = same ? null : open.remove(peer.getId());
    }
    if (old != null) {
      LOG.info("{}: peer {} is now at {}", name, peer.getId(), peer.getAddress());
      close(peer.getId(), old);
    }
  }

  /** Closes the connection to a peer; the next use makes a new one. */
  public void resetProxy(RaftPeerId id) {
    @Nullable P old;
    synchronized (this) {
      old = open.remove(id);
    }
    if (old != null) {
      close(id, old);
    }
  }

  /** Whether the connection was given up because of {@code failure}. */
  public boolean handleException(RaftPeerId id, Throwable failure, boolean reconnect) {
    if (reconnect || IOUtils.shouldReconnect(failure)) {
      resetProxy(id);
      return true;
    }
    return false;
  }

  @Override
  public void close() {
    Map<RaftPeerId, P> last;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      last = new HashMap<>(open);
      open.clear();
    }
    List<Thread> closing = new ArrayList<>();
    last.forEach((id, proxy) -> {
      Thread thread = new Thread(() -> close(id, proxy), name + "-close-" + id);
      thread.setDaemon(true);
      thread.start();
      closing.add(thread);
    });
    for (Thread thread : closing) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void close(RaftPeerId id, P proxy) {
    try {
      proxy.close();
    } catch (IOException e) {
      LOG.warn("{}: the connection to {} was not closed in order", name, id, e);
    }
  }
}
