package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.message.LinkWait;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Store of the calls, identity links and Front Door requests that wait for a join, or that may be
 * joined once more. Calls and links are found by the id of the call. Front Door requests, with
 * their client addresses and waiting calls, are found by the tracking reference, which is Front
 * Door's id of the request. For each minute, lists tell what is due.
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
      (JoinReach.KEPT_MILLIS - LinkWait.MILLIS) / MINUTE_MILLIS;

  private static final int WALKED = 50_000;

  private static final int MOST_KEPT = 10_000;

  private final StateRecords records;
  private final ByteSink sink = new ByteSink();
  private final JoinCodec codec;
  private final CallBundles bundles;
  private final Map<String, @Nullable CallState> calls = new LinkedHashMap<>();

  /**
   * Ids of calls that count as made by their API Management subscription, because no identity link
   * came in time. These ids are not stored yet. The next {@link #write} writes their records of
   * kind {@link #GRACED}. A call in a bundle, which is a stored record of several calls, is not
   * among them. It is marked in the bundle instead.
   */
  private final Set<String> withoutLink = new HashSet<>();

  /**
   * Cache of calls read from the store between {@link #keepRead} and {@link #clearRead}, by id, at
   * most 10,000 of them.
   */
  private final Map<String, CallState> kept = new HashMap<>();

  private boolean keepsRead;
  private final Map<String, @Nullable EdgeState> edges = new HashMap<>();
  private final DueList graces;
  private final DueList callDues;
  private final DueList callEnds;
  private final DueList edgeDues;

  JoinStore(StateRecords records) {
    SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
    this.records = records;
    this.codec = new JoinCodec(activities);
    this.bundles = new CallBundles(records, activities);
    this.graces = new DueList(records, 'g');
    this.callDues = new DueList(records, 'd');
    this.callEnds = new DueList(records, 'x');
    this.edgeDues = new DueList(records, 'f');
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
    callEnds.add(bundle.minute() + KEPT_MINUTES, new DueList.Listed(null, bundle));
  }

  /**
   * Passes to a consumer each call that an entry of a list names, with the call's id and present
   * state. An entry names one call, or a bundle of calls. A call that has no state any more is left
   * out. A damaged record is deleted, and its id is passed to {@code damaged}.
   */
  void each(
      DueList.Listed entry,
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
      withoutLink.remove(id);
      records.write(subject(GRACED, id), STATE, null);
      damaged.accept(id, e);
      return;
    }
    if (state != null) {
      consumer.accept(id, state);
    }
  }

  /**
   * Returns the latest state of a call: the given state, unless the call was changed after its
   * bundle was written. A bundle is a stored record of several calls, and does not change with
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
   * Removes and returns entries of calls whose grace ends after the time {@code after}, but not
   * after the time {@code to}. It begins with the earliest minute, and stops when the entries hold
   * about {@code most} calls.
   */
  DueList.Due takeGraces(long after, long to, int most) {
    return graces.take(after, to, most);
  }

  DueList.Due takeGraces(long to, int most) {
    return graces.take(to, most);
  }

  DueList.Due takeDue(long at, int most) {
    return callDues.take(at, most);
  }

  DueList.Due takeEnds(long at, int most) {
    return callEnds.take(at, most);
  }

  DueList.Due takeEdgeDue(long at, int most) {
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
        due(call.arrivalAt() + LinkWait.MILLIS, id);
      }
    }
    for (byte[] subject : gone) {
      records.write(subject, STATE, null);
      if (subject[0] == CALL) {
        byte[] marker = subject.clone(); // the records keep the array of a written subject
        marker[0] = GRACED;
        records.write(marker, STATE, null);
        bundles.remove(subject);
      }
    }
  }

  private boolean isCallOf(byte[] value, ErasedPrincipal erasing) {
    try {
      CallState state = codec.callOf(value);
      return isOf(state.call(), erasing) || isOf(state.link(), erasing);
    } catch (RuntimeException e) { // the class differs by the kind of damage
      return true;
    }
  }

  private @Nullable PendingHalf wholeCallOf(byte[] value) {
    try {
      return codec.callOf(value).call();
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
      return codec.edgeOf(value).calls().values().stream().anyMatch(erasing::isOf);
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
    CallState state = codec.callOf(value);
    state.graced(withoutLink.contains(id) || read(subject(GRACED, id)) != null);
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
      if (state.isWithoutLink()) {
        withoutLink.add(id);
      }
    }
  }

  void putGraced(String id, CallState state) {
    state.graced(true);
    CallBundles.Key bundle = state.bundle();
    if (bundle == null) {
      withoutLink.add(id);
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
    withoutLink.remove(id);
    if (state.isWithoutLink()) {
      records.write(subject(GRACED, id), STATE, null);
    }
  }

  @Nullable EdgeState edge(String reference) {
    if (edges.containsKey(reference)) {
      return edges.get(reference);
    }
    byte[] value = read(subject(EDGE, reference));
    return value == null ? null : codec.edgeOf(value);
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
            records.write(subject(CALL, id), STATE, state == null ? null : codec.bytes(state)));
    bundles.write();
    withoutLink.forEach(id -> records.write(subject(GRACED, id), STATE, PRESENT));
    calls.clear();
    withoutLink.clear();
    edges.forEach(
        (reference, state) ->
            records.write(
                subject(EDGE, reference), STATE, state == null ? null : codec.bytes(state)));
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
   * @param withGrace true to write only the calls that have a grace; false to write only the
   *     others. When its grace ends, a call counts as made by its subscription.
   */
  private void writeBundles(boolean withGrace) {
    Map<Long, List<String>> byMinute = new TreeMap<>();
    calls.forEach(
        (id, state) -> {
          PendingHalf call = state == null || !state.isNewCall() ? null : state.call();
          if (call != null) {
            long minute = DueList.minuteOf(call.arrivalAt() + LinkWait.MILLIS);
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
}
