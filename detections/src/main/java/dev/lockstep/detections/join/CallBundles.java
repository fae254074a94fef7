package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Store of calls that came without claims, with up to 16 calls in one record. Such a record is
 * called a bundle. A call is added while no other half of it has come. The calls of a bundle are
 * due in the same minute, so that most of them are written and read together. A small record of
 * each call, its pointer, names the bundle. A bundle is never changed, except by an erasure.
 */
final class CallBundles {
  private static final byte[] STATE = {0};
  private static final char BUNDLE = 'c';
  private static final char POINTER = 'p';

  /**
   * Kind of the record that marks those calls of a bundle for which no identity link came in time.
   * Each of them counts as made by its API Management subscription.
   */
  private static final char MARKS = 'b';

  /** Largest number of calls in a bundle. A link that comes reads all of them. */
  static final int MOST_CALLS = 16;

  /**
   * Number of bytes after which no further call is added to a bundle. It keeps a bundle of large
   * calls far below the largest record of a topic.
   */
  private static final int MOST_BYTES = 64_000;

  private final StateRecords records;
  private final SingleObject<Activity> codec;
  private final ByteSink sink = new ByteSink();
  private final ByteSink half = new ByteSink();

  /**
   * Marked calls of each bundle; a marked call counts as made by its API Management subscription.
   * Each call has one bit. A bundle is absent if none of its calls was marked since the last write.
   */
  private final Map<Key, BitSet> marks = new HashMap<>();

  /**
   * Key of a stored bundle of calls: the minute in which they are due, and the id of one of them.
   *
   * @param minute minute since 1970 in which the calls are due
   * @param one id of one of the calls, which makes the key unique
   */
  record Key(long minute, String one) {}

  CallBundles(StateRecords records, SingleObject<Activity> codec) {
    this.records = records;
    this.codec = codec;
  }

  static boolean isBundle(byte[] subject) {
    return subject[0] == BUNDLE;
  }

  private byte[] subject(char kind, Key key) {
    return sink.clear().put(kind).fixed64(key.minute()).id(key.one()).bytes();
  }

  private byte[] pointer(String id) {
    return sink.clear().put(POINTER).id(id).bytes();
  }

  /**
   * Writes up to 16 calls from the start of a list as one record, a bundle, and returns their
   * number. It is 0 if the id of each of these calls is already the key of a stored bundle of that
   * minute.
   *
   * @param due callback that schedules the bundle in place of the single calls in it
   */
  int write(long minute, List<String> ids, Map<String, @Nullable CallState> calls, Due due) {
    ByteSink value = new ByteSink();
    List<String> written = new ArrayList<>(MOST_CALLS);
    for (String id : ids) {
      CallState state = calls.get(id);
      if (written.size() >= MOST_CALLS || value.length() >= MOST_BYTES) {
        break;
      }
      write(value, id, state == null ? null : state.call());
      written.add(id);
    }
    Key key = unused(minute, written);
    if (key == null) {
      return 0;
    }
    records.write(subject(BUNDLE, key), STATE, value.bytes());
    byte[] named = sink.clear().fixed64(minute).text(key.one()).bytes();
    written.forEach(id -> records.write(pointer(id), STATE, named));
    due.add(key, written);
    return written.size();
  }

  /**
   * Returns a key, made of one of the ids, under which no bundle is stored, or null if there is
   * none. A bundle may have the id of a call that was deleted from it and came again.
   */
  private @Nullable Key unused(long minute, List<String> ids) {
    for (String id : ids) {
      Key key = new Key(minute, id);
      if (records.read(subject(BUNDLE, key), STATE) == null) {
        return key;
      }
    }
    return null;
  }

  private void write(ByteSink to, String id, @Nullable PendingHalf call) {
    half.clear();
    if (call != null) {
      call.write(half, codec);
    }
    to.text(id).sized(half);
  }

  /**
   * Callback that schedules a new bundle of calls in place of its single calls. It enters the
   * bundle in the lists of what is due, and removes the entries of the single calls.
   */
  interface Due {
    void add(Key bundle, Iterable<String> ids);
  }

  private byte[] bytes(Map<String, @Nullable PendingHalf> pending) {
    ByteSink to = new ByteSink();
    pending.forEach((id, call) -> write(to, id, call));
    return to.bytes();
  }

  /** Returns the state of a call that is in a bundle, or null if the call is in none. */
  @Nullable CallState find(String id) {
    byte[] named = records.read(pointer(id), STATE);
    if (named == null) {
      return null;
    }
    return calls(JoinCodec.whole(() -> key(named))).get(id);
  }

  /**
   * Returns the calls of a bundle by id; a bundle is one stored record of up to 16 calls. Changes
   * of a call since it was written are not seen here, except a mark by {@link #mark}.
   */
  Map<String, CallState> calls(Key key) {
    byte[] value = records.read(subject(BUNDLE, key), STATE);
    if (value == null) {
      return Map.of();
    }
    Map<String, CallState> calls = new LinkedHashMap<>();
    BitSet marked = marks(key);
    int place = 0;
    for (Map.Entry<String, @Nullable PendingHalf> each :
        JoinCodec.whole(() -> pending(value)).entrySet()) {
      PendingHalf call = each.getValue();
      if (call != null) {
        calls.put(each.getKey(), new CallState(call, key, place, marked.get(place)));
      }
      place++;
    }
    return calls;
  }

  private Map<String, @Nullable PendingHalf> pending(byte[] value) {
    Map<String, @Nullable PendingHalf> pending = new LinkedHashMap<>();
    ByteSource from = new ByteSource(value);
    while (from.hasMore()) {
      read(from, pending);
    }
    return pending;
  }

  private void read(ByteSource from, Map<String, @Nullable PendingHalf> into) {
    String id = from.someText();
    byte[] bytes = from.sized();
    into.put(id, bytes.length == 0 ? null : PendingHalf.read(new ByteSource(bytes), codec));
  }

  /**
   * Reads the calls of a bundle up to the first damaged call, and returns whether it found no
   * damage. The activities in the calls are not decoded, so that damage within one is not found.
   *
   * @param into receives the calls before the damage
   */
  private boolean readWhole(byte[] value, Map<String, @Nullable PendingHalf> into) {
    ByteSource from = new ByteSource(value);
    try {
      while (from.hasMore()) {
        read(from, into);
      }
      return true;
    } catch (RuntimeException e) { // the class differs by the kind of damage
      return false;
    }
  }

  private BitSet marks(Key key) {
    BitSet changed = marks.get(key);
    return changed == null ? writtenMarks(key) : changed;
  }

  private BitSet writtenMarks(Key key) {
    byte[] value = records.read(subject(MARKS, key), STATE);
    return value == null ? new BitSet() : BitSet.valueOf(value);
  }

  /**
   * Marks a call so that it counts as made by its API Management subscription, because no identity
   * link came in time.
   *
   * @param key key of the bundle that holds the call
   * @param place index of the call in the bundle
   */
  void mark(Key key, int place) {
    marks.computeIfAbsent(key, this::writtenMarks).set(place);
  }

  /** Deletes a call's pointer, which is the record that names the call's bundle. */
  void remove(String id) {
    records.write(pointer(id), STATE, null);
  }

  /**
   * Removes a call from its bundle, if it is in one.
   *
   * @param subject subject of any stored record of the call; its first byte, which names the kind
   *     of record, does not matter
   */
  void remove(byte[] subject) {
    byte[] pointer = subject.clone();
    pointer[0] = POINTER;
    byte[] named = records.read(pointer, STATE);
    if (named == null) {
      return;
    }
    Key key = wholeKey(named);
    byte[] bundle = key == null ? null : subject(BUNDLE, key);
    byte[] value = bundle == null ? null : records.read(bundle, STATE);
    if (bundle != null && value != null) {
      records.write(
          bundle,
          STATE,
          without(pending(value), (id, call) -> Arrays.equals(pointer(id), pointer)));
    }
    records.write(pointer, STATE, null);
  }

  private static @Nullable Key wholeKey(byte[] named) {
    try {
      return key(named);
    } catch (RuntimeException e) { // the class differs by the kind of damage
      return null;
    }
  }

  private static Key key(byte[] named) {
    ByteSource from = new ByteSource(named);
    return new Key(from.fixed64(), from.someText());
  }

  void removeIfKnown(String id) {
    if (records.read(pointer(id), STATE) != null) {
      remove(id);
    }
  }

  /** Deletes a bundle. The pointers of its calls stay. */
  void delete(Key key) {
    marks.remove(key);
    records.write(subject(BUNDLE, key), STATE, null);
    byte[] marked = subject(MARKS, key);
    if (records.read(marked, STATE) != null) {
      records.write(marked, STATE, null);
    }
  }

  /**
   * Returns the bytes of a bundle without some of its calls, or null if no call is left out. A call
   * is left out if {@code leavesOut} is true for it. A damaged call is left out too, with all calls
   * after it. The other calls keep their places.
   *
   * @param ids receives the ids of the calls for which {@code leavesOut} is true
   */
  byte @Nullable [] without(byte[] value, Predicate<PendingHalf> leavesOut, List<String> ids) {
    int before = ids.size();
    Map<String, @Nullable PendingHalf> pending = new LinkedHashMap<>();
    boolean isWhole = readWhole(value, pending);
    byte[] left =
        without(
            pending,
            (id, call) -> {
              boolean leaves = leavesOut.test(call);
              if (leaves) {
                ids.add(id);
              }
              return leaves;
            });
    return isWhole && ids.size() == before ? null : left;
  }

  private byte[] without(
      Map<String, @Nullable PendingHalf> pending, BiPredicate<String, PendingHalf> leavesOut) {
    Map<String, @Nullable PendingHalf> left = new LinkedHashMap<>();
    pending.forEach(
        (id, call) -> {
          boolean leaves = call != null && leavesOut.test(id, call);
          // A placeholder lets the other calls keep their places.
          left.put(leaves ? "deleted-" + left.size() : id, leaves ? null : call);
        });
    return bytes(left);
  }

  /**
   * Stores the marks that {@link #mark} has set since the last write. A mark says that a call
   * counts as made by its API Management subscription.
   */
  void write() {
    marks.forEach((key, marked) -> records.write(subject(MARKS, key), STATE, marked.toByteArray()));
    marks.clear();
  }
}
