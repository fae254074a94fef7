package dev.lockstep.detections.storage;

import dev.lockstep.detections.encoding.Hashes;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Register of the number that each rule has in the keys of a store. If the layout of a rule's facts
 * changes, the rule gets another number, so that no record is misread. A rule's layout is a hash of
 * its kinds of facts and their fields.
 *
 * <p>The records of a rule have its number in their keys. With the first layout that the rule has
 * in this store, this is the rule's own number. Each later layout has a different number, so that a
 * record is only read with the layout with which it was written.
 *
 * <p>A store without layouts was written by a version of Lockstep that did not keep them. Its
 * records count as written with the layouts that the rules have when the store is first used with
 * layouts. For one thread.
 *
 * <p>A layout is kept after its rule is gone, because records of the rule may stay for months, and
 * nothing shows when the last one is removed. Without the layout, such a record could be read with
 * a wrong layout. A layout takes 11 bytes.
 */
public final class LayoutNumbers {
  private static final byte FIRST = 0;
  private static final byte LATER = 1;

  /**
   * First bytes of each key under which the store keeps the layout of a rule's facts. Read as the
   * key of a state record, such a key would name a subject that is longer than the whole key. So it
   * cannot be the key of a state record, and it comes after the keys of all state records.
   */
  private static final short MARK = -1;

  private static final int KEY_BYTES = Short.BYTES + 2 * Integer.BYTES;

  private final Map<Integer, Map<Integer, Byte>> layouts = new HashMap<>();
  private final Keeper keeper;

  /** Storage that keeps the layouts of rules' facts after the process ends. */
  @FunctionalInterface
  public interface Keeper {
    /** Stores a new layout, before a state record with this layout is written. */
    void added(byte[] key, byte[] value);
  }

  /**
   * Number that a rule has in the keys of the records of this store.
   *
   * @param number number with the rule's present layout
   * @param isAnew if the store has records of the rule with other layouts only, so that the rule
   *     starts without them
   */
  public record RuleNumber(int number, boolean isAnew) {}

  /** Creates an empty register, which stores each new layout in the given storage. */
  public LayoutNumbers(Keeper keeper) {
    this.keeper = keeper;
  }

  /**
   * Returns the bytes with which the key of each layout begins. No key of a state record is at or
   * after them.
   */
  public static byte[] firstKey() {
    return ByteBuffer.allocate(Short.BYTES).putShort(MARK).array();
  }

  /** Returns whether these bytes are the key of a layout. */
  public static boolean isLayout(byte[] key) {
    return key.length == KEY_BYTES && ByteBuffer.wrap(key).getShort() == MARK;
  }

  /** Adds a layout that was read from the storage. */
  public void kept(byte[] key, byte[] value) {
    ByteBuffer from = ByteBuffer.wrap(key, Short.BYTES, 2 * Integer.BYTES);
    of(from.getInt()).put(from.getInt(), value[0]);
  }

  private Map<Integer, Byte> of(int code) {
    return layouts.computeIfAbsent(code, any -> new HashMap<>(2));
  }

  /**
   * Returns the number of a rule in the keys of this store's records. A layout that the store does
   * not know is added.
   *
   * @param code number of the rule, whatever its layout
   * @param layout hash of the layout of its facts
   */
  public RuleNumber numberOf(int code, int layout) {
    Map<Integer, Byte> known = of(code);
    boolean isAnew = !known.isEmpty() && !known.containsKey(layout);
    if (isAnew || known.isEmpty()) {
      byte place = known.isEmpty() ? FIRST : LATER;
      known.put(layout, place);
      keeper.added(
          ByteBuffer.allocate(KEY_BYTES).putShort(MARK).putInt(code).putInt(layout).array(),
          new byte[] {place});
    }
    boolean isFirst = Objects.requireNonNull(known.get(layout)) == FIRST;
    return new RuleNumber(isFirst ? code : (int) Hashes.mixed(code, layout), isAnew);
  }
}
