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
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Store of the calls, identity links and Front Door requests that wait for a join, or that may be
 * joined once more. Calls and links are found by the id of the call, client addresses from Front
 * Door's records and the calls that wait for them by the tracking reference, which is Front Door's
 * id of the request. Lists tell which of them are due in which minute.
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

  /**
   * Number of minutes between the minute in which a bundle of calls is due and the minute in which
   * the bundle is deleted.
   */
  private static final long KEPT_MINUTES =
      (JoinTimes.KEPT_MILLIS - JoinTimes.LINK_WAIT_MILLIS) / MINUTE_MILLIS;

  private static final int WALKED = 50_000;

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

  private static final int MOST_KEPT = 10_000;

  private final StateRecords records;
  private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
  private final ByteSink sink = new ByteSink();
  private final ByteSink halfSink = new ByteSink();
  private final CallBundles bundles;
  private final Map<String, @Nullable CallState> calls = new LinkedHashMap<>();

  /**
   * Ids, not yet stored, of calls that count as made by their API Management subscription because
   * no identity link came in time. The next {@link #write} writes their records of kind {@link
   * #GRACED}. A call in a bundle, which is a stored record of several calls, is not among them. It
   * is marked in the bundle instead.
   */
  private final Set<String> graced = new HashSet<>();

  /**
   * Cache of calls read from the store between {@link #keepRead} and {@link #clearRead}, by id, at
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
   * Entry in a list of what is due: a single id, or a bundle of calls. The id is the call's for a
   * call or identity link, and the tracking reference for a request at Front Door.
   */
  record Listed(@Nullable String id, CallBundles.@Nullable Key bundle) {
    /**
     * Returns how many calls, identity links or Front Door requests this entry stands for at most.
     * That is 1, or {@link CallBundles#MOST_CALLS} for a bundle of calls. Only reading a bundle
     * tells how many calls it has.
     */
    int most() {
      return bundle == null ? 1 : CallBundles.MOST_CALLS;
    }
  }

  /**
   * Due entries that {@code take} removed from a {@link DueList} at once, and the minute up to
   * which all are removed.
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
     * Returns the time up to which {@code take} has removed all due entries of its range. The next
     * {@code take} goes on from there. The time is the end of a minute, in milliseconds since 1970.
     * Entries due before the range may be left.
     */
    long upTo() {
      return (minute + 1) * MINUTE_MILLIS - 1;
    }
  }

  JoinStore(StateRecords records) {
    this.records = records;
    this.bundles = new CallBundles(records, codec);
  }

  private static long minuteOf(long at) {
    return Math.max(0, Math.floorDiv(at + MINUTE_MILLIS - 1, MINUTE_MILLIS));
  }

  /**
   * List of calls, identity links or requests at Front Door, by the minute in which each is due. A
   * bundle of calls may be one entry. New entries are in memory until they are written to records.
   */
  private final class DueList {
    private final char kind;
    private final TreeMap<Long, Set<Listed>> fresh = new TreeMap<>();

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
     * Replaces the unwritten entries of a bundle's single calls by one entry of the whole bundle.
     * If there are no such entries, the list stays as it is. A bundle is a stored record of several
     * calls that are due in the same minute. Written entries stay.
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
      Set<Listed> entries = new LinkedHashSet<>();
      int[] size = new int[1];
      List<byte[]> read = new ArrayList<>();
      byte[] next = key(first);
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

  void grace(long at, String id) {
    graces.add(at, id);
  }

  /**
   * Schedules a check for the time when the watermark reaches {@code at}: whether a call or link
   * has found its other half.
   */
  void due(long at, String id) {
    callDues.add(at, id);
  }

  /**
   * Schedules the deletion of a call or link, unless the call is in a bundle. The deletion is due
   * when the watermark reaches {@code at}. A call in a bundle is deleted with the bundle.
   */
  void end(long at, String id, CallState state) {
    if (state.bundle() == null) {
      callEnds.add(at, id);
    }
  }

  /** Schedules the deletion of a bundle, and of the calls that are still in it. */
  void end(CallBundles.Key bundle) {
    callEnds.add(bundle.minute() + KEPT_MINUTES, new Listed(null, bundle));
  }

  /**
   * Passes the call or the calls that an entry of a list names to a consumer, with id and present
   * state. An entry names one call, or a bundle of calls. A call that has no state any more is left
   * out. A damaged record is deleted, and its id is passed to {@code damaged}.
   */
  void each(
      Listed entry,
      BiConsumer<String, CallState> consumer,
      BiConsumer<String, AvroRuntimeException> damaged) {
    String id = entry.id();
    CallBundles.Key bundle = entry.bundle();
    if (id != null) {
      pass(id, null, consumer, damaged);
    } else if (bundle != null) {
      Map<String, CallState> written;
      try {
        written = bundles.calls(bundle);
      } catch (AvroRuntimeException e) {
        delete(bundle);
        damaged.accept(bundle.one(), e);
        return;
      }
      written.forEach((called, inBundle) -> pass(called, inBundle, consumer, damaged));
    }
  }

  private void pass(
      String id,
      @Nullable CallState inBundle,
      BiConsumer<String, CallState> consumer,
      BiConsumer<String, AvroRuntimeException> damaged) {
    CallState state;
    try {
      state = inBundle == null ? call(id) : present(id, inBundle);
    } catch (AvroRuntimeException e) {
      calls.put(id, null);
      bundles.removeIfKnown(id);
      graced.remove(id);
      records.write(subject(GRACED, id), STATE, null);
      damaged.accept(id, e);
      return;
    }
    if (state != null) {
      consumer.accept(id, state);
    }
  }

  /**
   * Runs a function that reads a stored record, and turns any exception by which it reports damage
   * into an {@link AvroRuntimeException}.
   *
   * @throws AvroRuntimeException if the record is damaged
   */
  static <T> T whole(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (AvroRuntimeException e) {
      throw e;
    } catch (RuntimeException e) { // the class differs by the kind of damage
      throw new AvroRuntimeException(
          "could not read a stored call, identity link or Front Door request: the bytes of its record are"
              + " damaged, or a newer version of Lockstep wrote them; if it was a newer version, update"
              + " this instance",
          e);
    }
  }

  /**
   * Returns the latest state of a call, which is the given one unless the call was changed after
   * its bundle was written. A bundle is a stored record of several calls, and does not change with
   * them. The result is null if such a changed call was deleted since the last {@link #write}.
   */
  private @Nullable CallState present(String id, CallState inBundle) {
    if (calls.containsKey(id)) {
      return calls.get(id);
    }
    byte[] value = read(subject(CALL, id));
    return value == null ? inBundle : callOf(id, value);
  }

  /** Deletes a stored bundle of calls, none of which is needed any more. */
  void delete(CallBundles.Key bundle) {
    bundles.delete(bundle);
  }

  void edgeDue(long at, String reference) {
    edgeDues.add(at, reference);
  }

  /**
   * Removes and returns entries of calls whose grace ends after one time and up to another. It
   * begins with the earliest minute, and stops when the entries hold about {@code most} calls.
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

  /**
   * Deletes the stored calls and links of a principal, and the stored Front Door requests that hold
   * a call of the principal. Damaged ones are deleted too, because nobody can tell whose they are.
   * Changes in memory stay.
   */
  void deleteCallsOf(ErasedPrincipal erasing) {
    List<byte[]> gone = new ArrayList<>();
    List<String> leaving = new ArrayList<>();
    List<Map.Entry<byte[], byte[]>> shorter = new ArrayList<>();
    byte[] position = null;
    do {
      position =
          records.walk(
              position,
              WALKED,
              (subject, key, value) -> {
                if (CallBundles.isBundle(subject)) {
                  byte[] left = bundles.without(value, call -> isOf(call, erasing), leaving);
                  if (left != null) {
                    shorter.add(Map.entry(subject.clone(), left));
                  }
                } else if (subject[0] == CALL && isCallOf(value, erasing)) {
                  gone.add(subject.clone());
                } else if (subject[0] == EDGE && isEdgeOf(value, erasing)) {
                  gone.add(subject.clone());
                }
              });
    } while (position != null);
    shorter.forEach(bundle -> records.write(bundle.getKey(), STATE, bundle.getValue()));
    for (String id : leaving) {
      bundles.remove(id);
      byte[] value = read(subject(CALL, id));
      PendingHalf call = value == null ? null : wholeCallOf(value);
      if (call != null) { // it was due with its bundle
        due(call.arrivalAt() + JoinTimes.LINK_WAIT_MILLIS, id);
      }
    }
    for (byte[] subject : gone) {
      records.write(subject, STATE, null);
      if (subject[0] == CALL) {
        byte[] graced = subject.clone(); // the records keep the array of a written subject
        graced[0] = GRACED;
        records.write(graced, STATE, null);
        bundles.remove(subject);
      }
    }
  }

  private boolean isCallOf(byte[] value, ErasedPrincipal erasing) {
    try {
      CallState state = callOf(value);
      return isOf(state.call(), erasing) || isOf(state.link(), erasing);
    } catch (RuntimeException e) { // the class differs by the kind of damage
      return true;
    }
  }

  private @Nullable PendingHalf wholeCallOf(byte[] value) {
    try {
      return callOf(value).call();
    } catch (RuntimeException e) { // the class differs by the kind of damage
      return null;
    }
  }

  private static boolean isOf(@Nullable PendingHalf half, ErasedPrincipal erasing) {
    try {
      return half != null && erasing.isOf(half.activity());
    } catch (AvroRuntimeException e) {
      return true; // nobody can tell whose it is, and no join can use it
    }
  }

  private boolean isEdgeOf(byte[] value, ErasedPrincipal erasing) {
    try {
      return edgeOf(value).calls().values().stream().anyMatch(erasing::isOf);
    } catch (RuntimeException e) { // the class differs by the kind of damage
      return true; // a damaged request is deleted, as a damaged call or link is
    }
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
    CallState state = value == null ? bundles.find(id) : callOf(id, value);
    if (state != null && keepsRead && kept.size() < MOST_KEPT) {
      kept.put(id, state);
    }
    return state;
  }

  private CallState callOf(String id, byte[] value) {
    CallState state = callOf(value);
    state.graced(graced.contains(id) || read(subject(GRACED, id)) != null);
    return state;
  }

  /** Starts to keep calls in memory when they are read, because they may soon be read again. */
  void keepRead() {
    keepsRead = true;
  }

  void clearRead() {
    keepsRead = false;
    kept.clear();
  }

  void put(String id, CallState state) {
    if (calls.containsKey(id) && calls.get(id) == null) {
      state.markStored(); // the record of the deleted call has to be replaced
    }
    calls.put(id, state);
    if (state.bundle() != null) {
      state.leaveBundle();
      if (state.isGraced()) {
        graced.add(id);
      }
    }
  }

  void putGraced(String id, CallState state) {
    state.graced(true);
    CallBundles.Key bundle = state.bundle();
    if (bundle == null) {
      graced.add(id);
    } else {
      bundles.mark(bundle, state.place());
    }
  }

  void deleteCall(String id, CallState state) {
    if (state.bundle() != null) {
      calls.remove(id);
      bundles.remove(id);
      return;
    }
    calls.put(id, null);
    bundles.removeIfKnown(id);
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
    return value == null ? null : edgeOf(value);
  }

  void put(String reference, EdgeState state) {
    edges.put(reference, state);
  }

  void deleteEdge(String reference) {
    edges.put(reference, null);
  }

  void write() {
    writeBundles(true);
    writeBundles(false);
    calls.forEach(
        (id, state) ->
            records.write(subject(CALL, id), STATE, state == null ? null : bytes(state)));
    bundles.write();
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

  /**
   * Writes new calls as bundles, each of up to 16 calls that are due in the same minute. A call
   * that is left alone in its minute is not written here.
   *
   * @param withGrace whether calls are meant that may count as made by their subscription, or the
   *     others, which have no grace
   */
  private void writeBundles(boolean withGrace) {
    Map<Long, List<String>> byMinute = new TreeMap<>();
    calls.forEach(
        (id, state) -> {
          PendingHalf call = state == null || !state.isNewCall() ? null : state.call();
          if (call != null) {
            long minute = minuteOf(call.arrivalAt() + JoinTimes.LINK_WAIT_MILLIS);
            if (callDues.has(minute, id)
                && (call.callerKey() != null) == withGrace
                && graces.has(minute, id) == withGrace) {
              byMinute.computeIfAbsent(minute, any -> new ArrayList<>()).add(id);
            }
          }
        });
    byMinute.forEach(
        (minute, ids) -> {
          int at = 0;
          int written = 1;
          while (written > 0 && ids.size() - at >= 2) {
            written = bundles.write(minute, ids.subList(at, ids.size()), calls, this::list);
            at += written;
          }
        });
  }

  private void list(CallBundles.Key bundle, Iterable<String> ids) {
    graces.replace(bundle, ids);
    callDues.replace(bundle, ids);
    ids.forEach(calls::remove);
  }

  private byte[] bytes(CallState state) {
    sink.clear().signed(state.keptFrom()).sized(bytesOf(state.call())).sized(bytesOf(state.link()));
    state.peers().forEach(sink::text);
    return sink.bytes();
  }

  private ByteSink bytesOf(@Nullable PendingHalf half) {
    halfSink.clear();
    if (half != null) {
      half.write(halfSink, codec);
    }
    return halfSink;
  }

  private CallState callOf(byte[] value) {
    return whole(() -> read(value, new CallState()));
  }

  private CallState read(byte[] value, CallState state) {
    ByteSource from = new ByteSource(value);
    state.keptFrom(from.signed());
    state.call(halfOf(from.sized()));
    state.link(halfOf(from.sized()));
    while (from.hasMore()) {
      state.peers().add(from.someText());
    }
    state.markStored();
    return state;
  }

  private @Nullable PendingHalf halfOf(byte[] value) {
    return value.length == 0 ? null : PendingHalf.read(new ByteSource(value), codec);
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
            byte[] bytes = codec.encode(call);
            to.writeInt(bytes.length);
            to.write(bytes);
          }
        });
  }

  private EdgeState edgeOf(byte[] value) {
    return whole(() -> read(ByteBuffer.wrap(value), new EdgeState()));
  }

  private EdgeState read(ByteBuffer from, EdgeState state) {
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

  private @Nullable Activity activity(ByteBuffer from) {
    int length = from.getInt();
    if (length == 0) {
      return null;
    }
    if (length > from.remaining()) {
      throw new BufferUnderflowException(); // before an array of that length is made
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
