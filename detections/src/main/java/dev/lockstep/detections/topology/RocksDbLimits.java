package dev.lockstep.detections.topology;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Setter of RocksDB options that make all stores of a process share one bounded cache and bounded
 * write buffers outside the heap. Stores that are read by ranges have no filters, because filters
 * serve reads of whole keys.
 *
 * <p>By default each store of each partition takes 50 MiB of cache and up to 48 MiB of write
 * buffers. Here all stores together have a sixth of the heap's size, and at least {@value
 * #LEAST_BYTES} bytes. Half of that may be write buffers: the larger they are, the fewer files have
 * to be merged and read. Only the indexes and filters of open files come on top. An index takes
 * about 2 MiB for a million records.
 */
public final class RocksDbLimits implements RocksDBConfigSetter {
  private static final long LEAST_BYTES = 96L << 20;
  private static final int HEAP_DIVISOR = 6;

  private static final Set<String> READ_BY_RANGES =
      Set.of(PrincipalStage.STORE, SubjectStage.STORE);

  /** Memory that all stores share for the life of the process. */
  private static final class Shared {
    private static final Cache CACHE;
    private static final WriteBufferManager WRITE_BUFFERS;

    static {
      RocksDB.loadLibrary();
      long bytes = Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_DIVISOR);
      CACHE = new LRUCache(bytes);
      WRITE_BUFFERS = new WriteBufferManager(bytes / 2, CACHE);
    }
  }

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(Shared.CACHE);
    options.setWriteBufferManager(Shared.WRITE_BUFFERS);
    if (READ_BY_RANGES.contains(storeName)) {
      table.setFilterPolicy(null);
    }
  }

  @Override
  public void close(String storeName, Options options) {
    // the shared memory outlives the store
  }
}
