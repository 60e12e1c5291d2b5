package dev.kvorum.store.engine.rocksdb;

import dev.kvorum.store.engine.EngineListener;
import dev.kvorum.store.engine.Family;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RateLimiter;
import org.rocksdb.RateLimiterMode;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteStallCondition;
import org.rocksdb.WriteStallInfo;

/**
 * An open database and everything native that must live as long as it does, closed in the opposite order of opening.
 */
final class Handles implements AutoCloseable {
  private static final long MIB = 1L << 20;

  final RocksDB db;
  private final List<ColumnFamilyHandle> families = new ArrayList<>();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  Handles(RocksDbConfig config) throws RocksDBException {
    RocksDB opened = null;
    try {
      Cache cache = own(new HyperClockCache(config.memoryBytes(), 0, -1, false));
      WriteBufferManager writeBuffers =
          own(new WriteBufferManager(config.memoryBytes() / 2, cache));
      DBOptions options = own(options(config, writeBuffers));
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (Family family :
          Family.values()) { // in the order of their ids, which RocksDB gives out in this order
        byte[] name = family == Family.META
            ? RocksDB.DEFAULT_COLUMN_FAMILY
            : family.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        descriptors.add(
            new ColumnFamilyDescriptor(name, own(familyOptions(family, config, cache))));
      }
      opened = RocksDB.open(options, config.directory().toString(), descriptors, families);
      for (Family family : Family.values()) {
        if (handle(family).getID() != family.id()) {
          throw new IllegalStateException(
              "family " + family + " has id " + handle(family).getID());
        }
      }
      db = opened;
    } catch (RocksDBException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      closeOwned();
      throw e;
    }
  }

  ColumnFamilyHandle handle(Family family) {
    return families.get(family.id());
  }

  List<ColumnFamilyHandle> allFamilies() {
    return families;
  }

  private DBOptions options(RocksDbConfig config, WriteBufferManager writeBuffers) {
    DBOptions options = new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setAtomicFlush(
            true) // without a write-ahead log, the only way to get an exact prefix back after a
        // crash
        .setParanoidChecks(true)
        .setMaxBackgroundJobs(config.backgroundJobs())
        .setMaxOpenFiles(-1)
        .setBytesPerSync(MIB)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(16 * MIB)
        .setKeepLogFileNum(4)
        .setWriteBufferManager(writeBuffers)
        .setAvoidUnnecessaryBlockingIO(true)
        .setAllowConcurrentMemtableWrite(false)
        .setListeners(List.of(own(new Listener(config.listener()))));
    if (config.writeBytesPerSecond() > 0) {
      options.setRateLimiter(own(new RateLimiter(
          config.writeBytesPerSecond(),
          RateLimiter.DEFAULT_REFILL_PERIOD_MICROS,
          RateLimiter.DEFAULT_FAIRNESS,
          RateLimiterMode.WRITES_ONLY,
          true)));
    }
    return options;
  }

  private ColumnFamilyOptions familyOptions(Family family, RocksDbConfig config, Cache cache) {
    BlockBasedTableConfig table = new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setBlockSize(16 * 1024)
        .setFormatVersion(6) // readable by older versions, which keeps the way back open
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
    if (family == Family.KV) {
      table.setFilterPolicy(
          own(new BloomFilter(10))); // rows that are asked for exist, but in one level of many
    }
    long kvBuffer = Math.clamp(config.memoryBytes() / 8, 2 * MIB, 64 * MIB);
    long buffer = switch (family) {
      case KV -> kvBuffer;
      case EVENTS -> Math.max(MIB, kvBuffer / 2);
      case META, LEASES -> Math.max(MIB, kvBuffer / 8);
    };
    return new ColumnFamilyOptions()
        .setTableFormatConfig(table)
        .setWriteBufferSize(buffer)
        .setMaxWriteBufferNumber(4)
        .setTargetFileSizeBase(Math.max(8 * MIB, kvBuffer))
        .setMaxBytesForLevelBase(Math.max(32 * MIB, kvBuffer * 4))
        .setCompressionType(
            family == Family.META
                ? CompressionType.NO_COMPRESSION
                : CompressionType.LZ4_COMPRESSION);
  }

  private <T extends AutoCloseable> T own(T handle) {
    owned.push(handle);
    return handle;
  }

  private void closeOwned() {
    for (AutoCloseable handle : owned) {
      try {
        handle.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    owned.clear();
  }

  /** Nobody may be using the database any more. */
  @Override
  public void close() {
    for (ColumnFamilyHandle family : families) {
      family.close();
    }
    db.close();
    closeOwned();
  }

  /** Passes on what RocksDB reports on its own threads. */
  private static final class Listener extends AbstractEventListener {
    private final EngineListener listener;

    Listener(EngineListener listener) {
      super(
          EnabledEventCallback.ON_BACKGROUND_ERROR,
          EnabledEventCallback.ON_STALL_CONDITIONS_CHANGED);
      this.listener = listener;
    }

    @Override
    public void onBackgroundError(BackgroundErrorReason reason, Status status) {
      listener.backgroundError(reason + ": "
          + (status == null
              ? "unknown"
              : status.getCodeString()
                  + (status.getState() == null ? "" : ", " + status.getState())));
    }

    @Override
    public void onStallConditionsChanged(WriteStallInfo info) {
      listener.stallChanged(info.getCurrentCondition() != WriteStallCondition.NORMAL);
    }
  }
}
