package dev.lockstep.detections.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds of RocksDB's memory outside the heap, shared by all stores of a process.
 *
 * <p>By default each store of each partition takes 50 MiB of cache and up to 48 MiB of write
 * buffers. Here all stores together have {@value #CACHE_BYTES} bytes, of which {@value
 * #WRITE_BUFFER_BYTES} may be write buffers. Only the indexes of open files come on top, about 2
 * MiB for a million records.
 */
public final class RocksDbLimits implements RocksDBConfigSetter {
  private static final long CACHE_BYTES = 112L << 20;
  private static final long WRITE_BUFFER_BYTES = 48L << 20;

  /** Memory that all stores share for the life of the process. */
  private static final class Shared {
    private static final Cache CACHE;
    private static final WriteBufferManager WRITE_BUFFERS;

    static {
      RocksDB.loadLibrary();
      CACHE = new LRUCache(CACHE_BYTES);
      WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);
    }
  }

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(Shared.CACHE);
    options.setWriteBufferManager(Shared.WRITE_BUFFERS);
    // Filters serve reads of whole keys; these stores are read by ranges only.
    table.setFilterPolicy(null);
  }

  @Override
  public void close(String storeName, Options options) {
    // the shared memory outlives the store
  }
}
