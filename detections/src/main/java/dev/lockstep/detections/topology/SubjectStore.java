package dev.lockstep.detections.topology;

import dev.lockstep.detections.encoding.StateDictionary;
import dev.lockstep.detections.storage.LayoutNumbers;
import dev.lockstep.detections.storage.RecentRecords;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.detections.storage.StateRecords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Store on disk for the records of a task's subjects, with a changelog. A hook lets the engine or
 * the joins write their changes before each commit.
 *
 * <h2>Why an internal interface of Kafka</h2>
 *
 * An engine that keeps live objects has to write them as records at one moment: after the last
 * event of a transaction, and before its records are flushed. {@link StateStore#commit} is too
 * late, because it runs after the transaction has ended. What is written there is committed with
 * the next transaction, and a process that is killed in between restarts with a state older than
 * its output. The only call at the right time is {@link CachedStateStore#flushCache}, by which
 * Kafka Streams empties its own record caches in {@code StreamTask.prepareCommit}. No public
 * interface offers that moment or a way to forward from there. Only this class uses the internal
 * one.
 *
 * <h2>Assumptions</h2>
 *
 * Kafka Streams calls {@code flushCache} of each store of a task on the task's thread, with the
 * context of the last record, each time before the task's producer is flushed and its transaction
 * is committed. It also calls it when a task is closed after a failure; what is written then is
 * aborted. {@code SubjectStoreTest} and {@code SubjectStoreIT} fail if that changes.
 *
 * <h2>Life cycle</h2>
 *
 * Kafka Streams may close a store and open it again, with the same processors or with new ones, and
 * with a state that was restored from the changelog. An engine with live objects has to set the
 * hook and drop its objects each time that its processor is initialized.
 */
@SuppressWarnings("deprecation") // Kafka asks for managesOffsets, which only the inner store knows
final class SubjectStore implements StateStore, CachedStateStore<Bytes, byte[]>, StateRecords {
  private static final int MOST_PENDING_RECORDS = 1 << 14;
  private static final int MOST_PENDING_BYTES = 1 << 21;
  private static final int LEARNED_A_COMMIT = 20_000;

  /**
   * Key that the records of the dictionary have in place of a subject's key. The dictionary is a
   * numbered list of values that many records repeat. Other records hold the numbers instead of the
   * values, which are texts, places on the earth and others. This key is empty, and therefore sorts
   * before the keys of all subjects.
   */
  static final byte[] WORDS = {};

  private static final byte[] NO_KEY = {};
  private static final byte[] AFTER_WORDS = {-1};
  private static final Bytes FIRST_SUBJECT = Bytes.wrap(new byte[] {0, 1});

  /**
   * Store on disk that {@link #inner} wraps. Records are read from it without the wrapper, so that
   * Kafka Streams does not measure each read.
   */
  private final DiskStore disk;

  /**
   * Store of Kafka Streams that writes records to {@link #disk} and to the changelog, and measures
   * the writes.
   */
  private final KeyValueStore<Bytes, byte[]> inner;

  private final KnownSubjects known;

  /**
   * Records that were written to this store and are not yet on disk and in the changelog, each in
   * its last form. A null value deletes the record.
   */
  private final Map<Bytes, byte @Nullable []> pending = new HashMap<>();

  private int pendingBytes;
  private final Set<Bytes> pendingSubjects = new HashSet<>();
  private byte @Nullable [] lastPending;
  private @Nullable Runnable hook;
  private @Nullable RecentRecords recent;
  private @Nullable InternalProcessorContext<?, ?> context;

  /**
   * Node of the processor that uses this store, in the topology of Kafka Streams. While {@link
   * #hook} runs before a commit, it is the current node. So Kafka Streams sends what the hook
   * forwards to the nodes that follow this one.
   */
  private @Nullable ProcessorNode<?, ?, ?, ?> node;

  private SubjectStore(DiskStore disk, KeyValueStore<Bytes, byte[]> inner) {
    this.disk = disk;
    this.known = new KnownSubjects(disk);
    this.inner = inner;
  }

  static StoreBuilder<SubjectStore> builder(String name) {
    return new Builder(name);
  }

  /**
   * Sets the action that writes changed records before each commit. It has to be set while the
   * processor that forwards records is being initialized.
   */
  void beforeCommit(Runnable hook) {
    this.hook = hook;
    this.node = context == null ? null : context.currentNode();
  }

  /**
   * Starts a cache of the records of recently used subjects, limited to about the given number of
   * bytes.
   */
  void keepRecent(long most) {
    recent = new RecentRecords(most);
  }

  @Override
  public StateDictionary dictionary() {
    return new StateDictionary(
        new StateDictionary.Keeper() {
          @Override
          public void added(int number, byte[] word) {
            write(WORDS, numbered(number), word);
          }

          @Override
          public void read(StateDictionary into) {
            SubjectStore.this.read(
                WORDS,
                NO_KEY,
                AFTER_WORDS,
                (number, word) -> into.kept(ByteBuffer.wrap(number).getInt(), word));
          }
        });
  }

  @Override
  public LayoutNumbers layouts() {
    LayoutNumbers layouts = new LayoutNumbers(this::pend);
    try (KeyValueIterator<Bytes, byte[]> found =
        disk.range(Bytes.wrap(LayoutNumbers.firstKey()), null)) {
      found.forEachRemaining(
          each -> {
            if (LayoutNumbers.isLayout(each.key.get())) {
              layouts.kept(each.key.get(), each.value);
            }
          });
    }
    pending.forEach(
        (key, value) -> {
          if (LayoutNumbers.isLayout(key.get()) && value != null) {
            layouts.kept(key.get(), value);
          }
        });
    return layouts;
  }

  private static byte[] numbered(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  @Override
  public void read(byte[] subject, byte[] from, byte[] to, Reader reader) {
    read(subject, from, to, Integer.MAX_VALUE, reader);
  }

  @Override
  public byte @Nullable [] read(byte[] subject, byte[] from, byte[] to, int most, Reader reader) {
    if (!pending.isEmpty() && pendingSubjects.contains(Bytes.wrap(subject))) {
      writePending();
    }
    if (Arrays.compareUnsigned(from, to) >= 0 || !known.mayHaveRecords(subject)) {
      return null;
    }
    byte[] end = RecordKey.of(subject, to);
    try (KeyValueIterator<Bytes, byte[]> found =
        disk.range(Bytes.wrap(RecordKey.of(subject, from)), Bytes.wrap(end))) {
      for (int left = most; found.hasNext(); left--) {
        KeyValue<Bytes, byte[]> each = found.next();
        if (Arrays.equals(each.key.get(), end)) {
          return null;
        }
        if (left == 0) {
          return RecordKey.key(each.key.get());
        }
        reader.read(RecordKey.key(each.key.get()), each.value);
      }
    }
    return null;
  }

  @Override
  public byte[] open(byte[] subject, byte[] headTo, byte[] from, byte[] to) {
    RecentRecords memory = recent;
    byte[] all = memory == null ? null : memory.open(subject, headTo, from);
    if (all == null) {
      all = StateRecords.super.open(subject, headTo, from, to);
      if (memory != null) {
        memory.keep(subject, headTo, from, all);
      }
    }
    return all;
  }

  @Override
  public byte @Nullable [] read(byte[] subject, byte[] key) {
    if (!pending.isEmpty() && pendingSubjects.contains(Bytes.wrap(subject))) {
      writePending();
    }
    return known.mayHaveRecords(subject) ? disk.get(Bytes.wrap(RecordKey.of(subject, key))) : null;
  }

  @Override
  public void write(byte[] subject, byte[] key, byte @Nullable [] value) {
    pend(RecordKey.of(subject, key), value);
    if (recent != null) {
      recent.write(subject, key, value);
    }
    if (!Arrays.equals(lastPending, subject)) {
      lastPending = subject;
      pendingSubjects.add(Bytes.wrap(subject));
      known.add(subject);
    }
    if (pending.size() >= MOST_PENDING_RECORDS || pendingBytes >= MOST_PENDING_BYTES) {
      writePending();
    }
  }

  private void pend(byte[] whole, byte @Nullable [] value) {
    pending.put(Bytes.wrap(whole), value);
    pendingBytes += whole.length + (value == null ? 0 : value.length);
  }

  @Override
  public byte @Nullable [] walk(byte @Nullable [] from, int most, Walker walker) {
    writePending();
    Bytes first = from == null ? FIRST_SUBJECT : Bytes.wrap(from);
    try (KeyValueIterator<Bytes, byte[]> found = disk.range(first, null)) {
      for (int left = most; found.hasNext(); left--) {
        if (left == 0) {
          return found.peekNextKey().get();
        }
        KeyValue<Bytes, byte[]> each = found.next();
        byte[] key = each.key.get();
        if (RecordKey.isWhole(key)) {
          walker.read(RecordKey.subject(key), RecordKey.key(key), each.value);
        }
      }
    }
    return null;
  }

  private void writePending() {
    if (!pending.isEmpty()) {
      List<KeyValue<Bytes, byte[]>> all = new ArrayList<>(pending.size());
      pending.forEach((key, value) -> all.add(KeyValue.pair(key, value)));
      // RocksDB finds the place of a key faster beside the one before it.
      all.sort(Comparator.comparing(each -> each.key));
      inner.putAll(all);
      clearPending();
    }
  }

  private void clearPending() {
    pending.clear();
    pendingBytes = 0;
    pendingSubjects.clear();
    lastPending = null;
  }

  @Override
  public void flushCache() {
    if (hook != null) {
      runHook(hook);
    }
    writePending();
    known.learn(LEARNED_A_COMMIT);
  }

  private void runHook(Runnable set) {
    InternalProcessorContext<?, ?> here = context;
    if (here == null) {
      set.run();
      return;
    }
    ProcessorNode<?, ?, ?, ?> before = here.currentNode();
    here.setCurrentNode(node);
    try {
      set.run();
    } finally {
      here.setCurrentNode(before);
    }
  }

  @Override
  public void clearCache() { // Kafka Streams calls it when the task becomes a standby task
    hook = null;
    recent = null;
    clearPending();
    known.clear();
  }

  @Override
  public boolean setFlushListener(
      CacheFlushListener<Bytes, byte[]> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    this.context = context instanceof InternalProcessorContext<?, ?> internal ? internal : null;
    inner.init(context, root);
  }

  @Override
  public void commit(Map<TopicPartition, Long> changelogOffsets) {
    inner.commit(changelogOffsets);
  }

  @Override
  public @Nullable Long committedOffset(TopicPartition partition) {
    return inner.committedOffset(partition);
  }

  @Override
  public boolean managesOffsets() {
    return inner.managesOffsets();
  }

  @Override
  public void close() {
    clearCache();
    inner.close();
  }

  @Override
  public boolean persistent() {
    return inner.persistent();
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }

  /** Builder of subject stores. */
  private static final class Builder implements StoreBuilder<SubjectStore> {
    private final String name;
    private final Map<String, String> logConfig = new HashMap<>();
    private boolean logged = true;

    Builder(String name) {
      this.name = name;
    }

    @Override
    public SubjectStore build() {
      DiskStore disk = new DiskStore(Stores.persistentKeyValueStore(name).get());
      StoreBuilder<KeyValueStore<Bytes, byte[]>> inner =
          Stores.keyValueStoreBuilder(supplier(disk), Serdes.Bytes(), Serdes.ByteArray())
              .withCachingDisabled();
      return new SubjectStore(
          disk,
          (logged ? inner.withLoggingEnabled(logConfig) : inner.withLoggingDisabled()).build());
    }

    private KeyValueBytesStoreSupplier supplier(DiskStore disk) {
      return new KeyValueBytesStoreSupplier() {
        @Override
        public String name() {
          return name;
        }

        @Override
        public KeyValueStore<Bytes, byte[]> get() {
          return disk;
        }

        @Override
        public String metricsScope() {
          return "rocksdb";
        }
      };
    }

    @Override
    public StoreBuilder<SubjectStore> withCachingEnabled() {
      throw new UnsupportedOperationException(
          "this store cannot use the cache of Kafka Streams, because the engine itself keeps"
              + " subjects in memory");
    }

    @Override
    public StoreBuilder<SubjectStore> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<SubjectStore> withLoggingEnabled(Map<String, String> config) {
      logged = true;
      logConfig.putAll(config);
      return this;
    }

    @Override
    public StoreBuilder<SubjectStore> withLoggingDisabled() {
      logged = false;
      logConfig.clear();
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return logConfig;
    }

    @Override
    public boolean loggingEnabled() {
      return logged;
    }

    @Override
    public String name() {
      return name;
    }
  }
}
