package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.storage.StateRecords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * List of calls, identity links or requests at Front Door, by the minute in which each is due. A
 * bundle of calls may be one entry. New entries are in memory until they are written to records.
 */
final class DueList {
  private static final long MINUTE_MILLIS = 60_000L;

  /**
   * Largest number of stored records that are read at a time from a list of due ids. It applies if
   * the caller limits the number of ids. Reads go on until the caller has as many ids as it wants,
   * or no records are left.
   */
  private static final int READ_AT_ONCE = 8;

  /**
   * Number above which a caller's limit for due entries means no limit at all. The stored records
   * of the entries are then read in one scan. Up to this number, {@link #READ_AT_ONCE} records are
   * read at a time. Only a replay gives no limit.
   */
  private static final int UNBOUNDED = Integer.MAX_VALUE / 2;

  private final StateRecords records;
  private final char kind;
  private final ByteSink sink = new ByteSink();
  private final TreeMap<Long, Set<Listed>> fresh = new TreeMap<>();

  /**
   * Next free sequence number for the stored records of each minute. Each write stores the new ids
   * of a minute in a record of its own, and the number tells these records apart. Minutes that this
   * object has not written to, or whose ids it has removed, are absent.
   */
  private final TreeMap<Long, Long> nextNumbers = new TreeMap<>();

  /**
   * Whether the stored list was empty when this object first read it, or null before that. If it
   * was empty, {@link #nextNumbers} has every minute with a stored record, so that reads of other
   * minutes can be left out.
   */
  private @Nullable Boolean beganEmpty;

  /**
   * First minute in which something may still be due. The deleted records of earlier minutes are
   * slow to skip.
   */
  private long firstMinute;

  /**
   * Entry in a list of what is due: a single id, or a bundle of calls. For a call or an identity
   * link, the id is a call id. For a request at Front Door, it is the tracking reference.
   */
  record Listed(@Nullable String id, CallBundles.@Nullable Key bundle) {
    /**
     * Returns the largest number of calls, identity links or Front Door requests that this entry
     * can stand for. That is 1, or {@link CallBundles#MOST_CALLS} for a bundle of calls. Only
     * reading a bundle tells how many calls it has.
     */
    int most() {
      return bundle == null ? 1 : CallBundles.MOST_CALLS;
    }
  }

  /**
   * Due entries that one invocation of {@code take} has removed from a {@link DueList}, and the
   * minute up to which all entries are removed.
   *
   * @param minute minute since 1970 up to which {@code take} has removed every entry in the range
   *     of times that its caller asked for
   * @param isAll if no entries in that range are left
   */
  record Due(List<Listed> entries, long minute, boolean isAll) {
    /**
     * Returns an upper bound of the number of calls or Front Door requests in these due entries:
     * each bundle of calls counts as full. Only reading a bundle tells how many calls it has.
     */
    int most() {
      return entries.stream().mapToInt(Listed::most).sum();
    }

    /**
     * Returns the time up to which {@code take} has removed all due entries of the requested range
     * of times. The next {@code take} goes on from there. The time is the end of a minute, in
     * milliseconds since 1970. Entries due before the requested range may be left.
     */
    long upTo() {
      return (minute + 1) * MINUTE_MILLIS - 1;
    }
  }

  /**
   * Creates the list that continues from the stored records of a kind.
   *
   * @param kind first byte of the stored records of this list, which no other records have
   */
  DueList(StateRecords records, char kind) {
    this.records = records;
    this.kind = kind;
  }

  /** Returns the first minute that begins at or after a time, in minutes since 1970. */
  static long minuteOf(long at) {
    return Math.max(0, Math.floorDiv(at + MINUTE_MILLIS - 1, MINUTE_MILLIS));
  }

  void add(long at, String id) {
    add(minuteOf(at), new Listed(id, null));
  }

  void add(long minute, Listed entry) {
    fresh.computeIfAbsent(minute, any -> new LinkedHashSet<>()).add(entry);
    firstMinute = Math.min(firstMinute, minute);
  }

  boolean has(long minute, String id) {
    Set<Listed> listed = fresh.get(minute);
    return listed != null && listed.contains(new Listed(id, null));
  }

  /**
   * Replaces the unwritten entries for the single calls of a bundle by one entry for the whole
   * bundle. If there are no such entries, the list stays as it is. A bundle is a stored record of
   * several calls that are due in the same minute. Written entries stay.
   *
   * @param ids ids of the calls in the bundle
   */
  void replace(CallBundles.Key bundle, Iterable<String> ids) {
    Set<Listed> listed = fresh.get(bundle.minute());
    if (listed != null) {
      boolean some = false;
      for (String id : ids) {
        some |= listed.remove(new Listed(id, null));
      }
      if (some) {
        listed.add(new Listed(null, bundle));
      }
    }
  }

  private byte[] subject() {
    return new byte[] {(byte) kind};
  }

  private byte[] key(long minute) {
    return ByteBuffer.allocate(8).putLong(minute).array();
  }

  Due take(long to, int most) {
    Due due = within(firstMinute, Math.floorDiv(to, MINUTE_MILLIS), most);
    firstMinute = Math.max(firstMinute, due.minute() + 1);
    return due;
  }

  Due take(long after, long to, int most) {
    long first = Math.max(firstMinute, Math.floorDiv(after, MINUTE_MILLIS) + 1);
    return within(first, Math.floorDiv(to, MINUTE_MILLIS), most);
  }

  private Due within(long first, long last, int most) {
    if (last < first) {
      return new Due(List.of(), first - 1, true);
    }
    boolean mayBeStored = mayBeStored(first, last);
    if (!mayBeStored && !isWithin(fresh.ceilingKey(first), last)) {
      return new Due(List.of(), last, true);
    }
    Set<Listed> entries = new LinkedHashSet<>();
    int[] size = new int[1];
    List<byte[]> read = new ArrayList<>();
    byte[] next = mayBeStored || most <= 0 ? key(first) : null;
    while (next != null && size[0] < most) {
      next =
          records.read(
              subject(),
              next,
              key(last + 1),
              most > UNBOUNDED ? most : READ_AT_ONCE,
              (key, value) -> {
                read.add(key.clone());
                ByteSource left = new ByteSource(value);
                while (left.hasMore()) {
                  Listed entry = entry(left);
                  size[0] += entries.add(entry) ? entry.most() : 0;
                }
              });
    }
    long complete = next == null ? last : ByteBuffer.wrap(next).getLong() - 1;
    if (complete >= first) {
      NavigableMap<Long, Set<Listed>> listed = fresh.subMap(first, true, complete, true);
      listed.values().forEach(entries::addAll);
      listed.clear();
      nextNumbers.subMap(first, true, complete, true).clear();
    }
    for (byte[] key : read) {
      records.write(subject(), key, null);
    }
    return new Due(new ArrayList<>(entries), complete, next == null);
  }

  /**
   * Returns whether the store may have records of a range of minutes, without reading them. The
   * first call reads whether the list has any stored record at all.
   */
  private boolean mayBeStored(long first, long last) {
    if (beganEmpty == null) {
      boolean[] found = new boolean[1];
      records.read(subject(), key(0), key(Long.MAX_VALUE), 1, (key, value) -> found[0] = true);
      beganEmpty = !found[0];
    }
    return !beganEmpty || isWithin(nextNumbers.ceilingKey(first), last);
  }

  private static boolean isWithin(@Nullable Long minute, long last) {
    return minute != null && minute <= last;
  }

  private static Listed entry(ByteSource from) {
    String id = from.text();
    return id == null
        ? new Listed(null, new CallBundles.Key(from.signed(), from.someText()))
        : new Listed(id, null);
  }

  private void write(Listed entry) {
    sink.text(entry.id());
    CallBundles.Key bundle = entry.bundle();
    if (bundle != null) {
      sink.signed(bundle.minute()).text(bundle.one());
    }
  }

  private long next(long minute) {
    Long known = nextNumbers.get(minute);
    if (known != null) {
      return known;
    }
    if (!mayBeStored(minute, minute)) {
      return 0;
    }
    long[] next = new long[1];
    records.read(
        subject(),
        key(minute),
        key(minute + 1),
        (key, value) -> next[0] = Math.max(next[0], ByteBuffer.wrap(key, 8, 8).getLong() + 1));
    return next[0];
  }

  void write() {
    fresh.forEach(
        (minute, entries) -> {
          if (entries.isEmpty()) {
            return;
          }
          sink.clear();
          entries.forEach(this::write);
          byte[] value = sink.bytes();
          long number = next(minute);
          byte[] key = ByteBuffer.allocate(16).putLong(minute).putLong(number).array();
          records.write(subject(), key, value);
          nextNumbers.put(minute, number + 1);
        });
    fresh.clear();
  }
}
