package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Store of the pending halves of the joins, which are calls, identity links and records of Front
 * Door. Calls and links are found by the id of the call, Front Door's records and the calls that
 * wait for them by the tracking reference, which is Front Door's id of the request. Lists tell
 * which of them are due in which minute.
 *
 * <p>Changes are held in memory until they are written. For each minute there is one record of
 * everything that was listed for it between two writes.
 */
final class JoinStore {
  private static final byte[] STATE = {0};
  private static final char CALL = 'j';
  private static final char EDGE = 'k';

  /**
   * Kind of the record which says that a call counts as made by its API Management subscription,
   * because no identity link came in time. It is a subject of its own, so that for most calls its
   * absence is known without reading the disk.
   */
  private static final char GRACED = 'a';

  private static final byte[] PRESENT = {};
  private static final long MINUTE_MILLIS = 60_000L;
  private static final int WALKED = 50_000;

  /**
   * Largest number of stored records that are read at a time from a list of due ids. Reads go on
   * until the caller has as many ids as it wants, or no records are left.
   */
  private static final int READ_AT_ONCE = 8;

  /**
   * Largest number of requested ids for which stored records are read in small steps, of {@link
   * #READ_AT_ONCE} records each. If a caller requests more ids, as only a replay does, it wants all
   * of them, and all records are read at once.
   */
  private static final int UNBOUNDED = Integer.MAX_VALUE / 2;

  private static final int MOST_KEPT = 10_000;

  private final StateRecords records;
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
  private final ByteSink sink = new ByteSink();
  private final Map<String, @Nullable CallState> calls = new HashMap<>();

  /**
   * Ids, not yet written to the store, of calls that count as made by their API Management
   * subscription. They count so because no identity link came in time. The next {@link #write}
   * writes their records of kind {@link #GRACED}.
   */
  private final Set<String> graced = new HashSet<>();

  /**
   * Cache of calls read from the store between {@link #keepRead} and {@link #forgetRead}, by id, at
   * most 10,000 of them.
   */
  private final Map<String, CallState> kept = new HashMap<>();

  private boolean keepsRead;
  private final Map<String, @Nullable EdgeState> edges = new HashMap<>();
  private final DueList graces = new DueList('g');
  private final DueList callDues = new DueList('d');
  private final DueList callEnds = new DueList('x');
  private final DueList edgeDues = new DueList('f');

  /**
   * Ids of waiting calls, or of requests to Front Door, that are due and were removed from a {@link
   * DueList}.
   *
   * @param minute minute since 1970 up to which every due id in the requested range of time was
   *     removed
   * @param isAll if no ids in that range are left
   */
  record Due(List<String> ids, long minute, boolean isAll) {
    /**
     * Returns the due time, in milliseconds since 1970, up to which the ids of all waiting calls or
     * Front Door requests were removed from their list. It is the end of a minute. Ids due before
     * the requested range of time may be left.
     */
    long upTo() {
      return (minute + 1) * MINUTE_MILLIS - 1;
    }
  }

  JoinStore(StateRecords records) {
    this.records = records;
  }

  /**
   * List of ids by the minute in which they are due. New ids are in memory until they are written
   * to records.
   */
  private final class DueList {
    private final char kind;
    private final TreeMap<Long, Set<String>> fresh = new TreeMap<>();

    /**
     * Next free sequence number for the stored records of each minute. Each write stores the new
     * ids of a minute in a record of its own, and the number tells these records apart. Minutes
     * that this object has not written to, or whose ids it has removed, are absent.
     */
    private final TreeMap<Long, Long> nextNumbers = new TreeMap<>();

    /**
     * First minute in which something may still be due. The deleted records of earlier minutes are
     * slow to skip.
     */
    private long firstMinute;

    DueList(char kind) {
      this.kind = kind;
    }

    void add(long at, String id) {
      long minute = Math.max(0, Math.floorDiv(at + MINUTE_MILLIS - 1, MINUTE_MILLIS));
      fresh.computeIfAbsent(minute, any -> new LinkedHashSet<>()).add(id);
      firstMinute = Math.min(firstMinute, minute);
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
      Set<String> ids = new LinkedHashSet<>();
      List<byte[]> read = new ArrayList<>();
      byte[] next = key(first);
      while (next != null && ids.size() < most) {
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
                    ids.add(left.someText());
                  }
                });
      }
      long complete = next == null ? last : ByteBuffer.wrap(next).getLong() - 1;
      if (complete >= first) {
        NavigableMap<Long, Set<String>> listed = fresh.subMap(first, true, complete, true);
        listed.values().forEach(ids::addAll);
        listed.clear();
        nextNumbers.subMap(first, true, complete, true).clear();
      }
      for (byte[] key : read) {
        records.write(subject(), key, null);
      }
      return new Due(new ArrayList<>(ids), complete, next == null);
    }

    private long next(long minute) {
      Long known = nextNumbers.get(minute);
      if (known != null) {
        return known;
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
          (minute, ids) -> {
            sink.clear();
            ids.forEach(sink::text);
            long number = next(minute);
            byte[] key = ByteBuffer.allocate(16).putLong(minute).putLong(number).array();
            records.write(subject(), key, sink.bytes());
            nextNumbers.put(minute, number + 1);
          });
      fresh.clear();
    }
  }

  void grace(long at, String id) {
    graces.add(at, id);
  }

  /** Schedules, at a watermark, the check whether a call or link has found its other half. */
  void due(long at, String id) {
    callDues.add(at, id);
  }

  /** Schedules the deletion of a call or link at a watermark. */
  void end(long at, String id) {
    callEnds.add(at, id);
  }

  void edgeDue(long at, String reference) {
    edgeDues.add(at, reference);
  }

  /**
   * Removes and returns ids of calls whose grace ends after one time and up to another. It begins
   * with the earliest minute, and stops after about {@code most} ids.
   */
  Due takeGraces(long after, long to, int most) {
    return graces.take(after, to, most);
  }

  Due takeGraces(long to, int most) {
    return graces.take(to, most);
  }

  Due takeDue(long at, int most) {
    return callDues.take(at, most);
  }

  Due takeEnds(long at, int most) {
    return callEnds.take(at, most);
  }

  Due takeEdgeDue(long at, int most) {
    return edgeDues.take(at, most);
  }

  private byte[] subject(char kind, String id) {
    return sink.clear().put(kind).id(id).bytes();
  }

  /** Deletes the stored calls and links of a principal. Changes in memory stay. */
  void deleteCallsOf(ErasedPrincipal erasing) {
    List<byte[]> gone = new ArrayList<>();
    byte[] position = null;
    do {
      position =
          records.walk(
              position,
              WALKED,
              (subject, key, value) -> {
                if (subject[0] == CALL && isOf(callOf(ByteBuffer.wrap(value)), erasing)) {
                  gone.add(subject.clone());
                } else if (subject[0] == EDGE && isOf(edgeOf(ByteBuffer.wrap(value)), erasing)) {
                  gone.add(subject.clone());
                }
              });
    } while (position != null);
    for (byte[] subject : gone) {
      records.write(subject, STATE, null);
      if (subject[0] == CALL) {
        byte[] graced = subject.clone(); // the records keep the array of a written subject
        graced[0] = GRACED;
        records.write(graced, STATE, null);
      }
    }
  }

  private static boolean isOf(CallState state, ErasedPrincipal erasing) {
    return isOf(state.call(), erasing) || isOf(state.link(), erasing);
  }

  private static boolean isOf(@Nullable PendingHalf half, ErasedPrincipal erasing) {
    return half != null && erasing.isOf(half.activity());
  }

  private static boolean isOf(EdgeState state, ErasedPrincipal erasing) {
    return state.calls().values().stream().anyMatch(erasing::isOf);
  }

  private byte @Nullable [] read(byte[] subject) {
    return records.read(subject, STATE);
  }

  @Nullable CallState call(String id) {
    if (calls.containsKey(id)) {
      return calls.get(id);
    }
    CallState known = kept.get(id);
    if (known != null) {
      return known;
    }
    byte[] value = read(subject(CALL, id));
    if (value == null) {
      return null;
    }
    CallState state = callOf(ByteBuffer.wrap(value));
    state.graced(graced.contains(id) || read(subject(GRACED, id)) != null);
    if (keepsRead && kept.size() < MOST_KEPT) {
      kept.put(id, state);
    }
    return state;
  }

  /** Starts to keep calls in memory when they are read, because they may soon be read again. */
  void keepRead() {
    keepsRead = true;
  }

  void forgetRead() {
    keepsRead = false;
    kept.clear();
  }

  void put(String id, CallState state) {
    calls.put(id, state);
  }

  void putGraced(String id, CallState state) {
    state.graced(true);
    graced.add(id);
  }

  void deleteCall(String id, CallState state) {
    calls.put(id, null);
    graced.remove(id);
    if (state.isGraced()) {
      records.write(subject(GRACED, id), STATE, null);
    }
  }

  @Nullable EdgeState edge(String reference) {
    if (edges.containsKey(reference)) {
      return edges.get(reference);
    }
    byte[] value = read(subject(EDGE, reference));
    return value == null ? null : edgeOf(ByteBuffer.wrap(value));
  }

  void put(String reference, EdgeState state) {
    edges.put(reference, state);
  }

  void deleteEdge(String reference) {
    edges.put(reference, null);
  }

  void write() {
    calls.forEach(
        (id, state) ->
            records.write(subject(CALL, id), STATE, state == null ? null : bytes(state)));
    graced.forEach(id -> records.write(subject(GRACED, id), STATE, PRESENT));
    calls.clear();
    graced.clear();
    edges.forEach(
        (reference, state) ->
            records.write(subject(EDGE, reference), STATE, state == null ? null : bytes(state)));
    edges.clear();
    graces.write();
    callDues.write();
    callEnds.write();
    edgeDues.write();
  }

  private byte[] bytes(CallState state) {
    return written(
        to -> {
          to.writeLong(state.keptFrom());
          to.write(PendingHalf.write(state.call(), codec));
          to.write(PendingHalf.write(state.link(), codec));
          to.writeShort(state.peers().size());
          for (String peer : state.peers()) {
            to.writeUTF(peer);
          }
        });
  }

  private CallState callOf(ByteBuffer from) {
    CallState state = new CallState();
    state.keptFrom(from.getLong());
    state.call(PendingHalf.read(from, codec));
    state.link(PendingHalf.read(from, codec));
    int peers = from.getShort();
    for (int i = 0; i < peers; i++) {
      state.peers().add(text(from));
    }
    return state;
  }

  private byte[] bytes(EdgeState state) {
    return written(
        to -> {
          to.writeBoolean(state.isJoined());
          to.writeLong(state.arrivalAt());
          to.writeShort(state.peers().size());
          for (String peer : state.peers()) {
            to.writeUTF(peer);
          }
          to.writeShort(state.calls().size());
          for (Activity call : state.calls().values()) {
            write(to, call);
          }
        });
  }

  private EdgeState edgeOf(ByteBuffer from) {
    EdgeState state = new EdgeState();
    state.joined(from.get() == 1);
    state.arrivalAt(from.getLong());
    int peers = from.getShort();
    for (int i = 0; i < peers; i++) {
      state.peers().add(text(from));
    }
    int calls = from.getShort();
    for (int i = 0; i < calls; i++) {
      Activity call = activity(from);
      if (call != null) {
        state.calls().put(call.getEventId(), call);
      }
    }
    return state;
  }

  /** Function that writes a state as bytes. */
  private interface Writing {
    void write(DataOutputStream to) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      writing.write(to);
    } catch (IOException e) {
      throw new UncheckedIOException("could not write to memory", e);
    }
    return bytes.toByteArray();
  }

  private void write(DataOutputStream to, @Nullable Activity activity) throws IOException {
    if (activity == null) {
      to.writeInt(0);
      return;
    }
    byte[] bytes = codec.encode(activity);
    to.writeInt(bytes.length);
    to.write(bytes);
  }

  private @Nullable Activity activity(ByteBuffer from) {
    int length = from.getInt();
    if (length == 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return codec.decode(bytes);
  }

  private static String text(ByteBuffer from) {
    byte[] bytes = new byte[from.getShort()];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
