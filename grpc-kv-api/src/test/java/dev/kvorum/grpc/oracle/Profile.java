package dev.kvorum.grpc.oracle;

import java.util.Random;

/** What a sequence is mostly about. */
enum Profile {
  /** Keys, leases and watches. */
  KV(0, 0, 0, 0),
  /** Users and roles, and everything else in their names. */
  AUTH(350, 20, 30, 40),
  /** Members of a cluster of one that come and go, but never vote. */
  CLUSTER(0, 450, 100, 0),
  /** Alarms, digests, snapshots, and what they do to the rest. */
  MAINTENANCE(0, 20, 450, 0),
  /** Locks and elections. */
  RECIPES(0, 0, 0, 500),
  /** All of it. */
  MIXED(150, 100, 150, 100);

  private static final Profile[] BY_SEED = {
    MIXED, KV, AUTH, CLUSTER, MAINTENANCE, KV, AUTH, RECIPES, AUTH, KV
  };

  private final int auth;
  private final int cluster;
  private final int maintenance;
  private final int recipes;

  /** With the share of each kind in thousand steps; the rest is about keys, leases and watches. */
  Profile(int auth, int cluster, int maintenance, int recipes) {
    this.auth = auth;
    this.cluster = cluster;
    this.maintenance = maintenance;
    this.recipes = recipes;
  }

  /** The profile that a seed has if none is asked for. */
  static Profile of(long seed) {
    return BY_SEED[(int) Long.remainderUnsigned(seed, BY_SEED.length)];
  }

  /** Whether there are users. */
  boolean hasUsers() {
    return auth > 0;
  }

  enum Kind {
    DATA,
    AUTH,
    CLUSTER,
    MAINTENANCE,
    RECIPES
  }

  /** What the next step is about. */
  Kind draw(Random random) {
    int dice = random.nextInt(1000);
    if (dice < auth) {
      return Kind.AUTH;
    }
    if (dice < auth + cluster) {
      return Kind.CLUSTER;
    }
    if (dice < auth + cluster + maintenance) {
      return Kind.MAINTENANCE;
    }
    return dice < auth + cluster + maintenance + recipes ? Kind.RECIPES : Kind.DATA;
  }
}
