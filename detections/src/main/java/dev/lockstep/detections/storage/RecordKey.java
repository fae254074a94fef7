package dev.lockstep.detections.storage;

import java.util.Arrays;

/**
 * Layout of the key of a state record in a store that has the records of all subjects. The key has
 * the length of the subject in two bytes, the subject, and the record's key within the subject,
 * which {@code state.StateCodec} makes.
 *
 * <p>The records of a subject are therefore adjacent and in the order of their keys.
 */
public final class RecordKey {
  private static final int LENGTH_BYTES = 2;
  private static final int MOST_SUBJECT_BYTES = 0xFFFF;

  private RecordKey() {}

  /**
   * Returns the key of a state record in a store of all subjects, composed of the subject and the
   * record's key within the subject.
   */
  public static byte[] of(byte[] subject, byte[] key) {
    checkSubject(subject);
    byte[] all = new byte[LENGTH_BYTES + subject.length + key.length];
    all[0] = (byte) (subject.length >>> 8);
    all[1] = (byte) subject.length;
    System.arraycopy(subject, 0, all, LENGTH_BYTES, subject.length);
    System.arraycopy(key, 0, all, LENGTH_BYTES + subject.length, key.length);
    return all;
  }

  static void checkSubject(byte[] subject) {
    if (subject.length > MOST_SUBJECT_BYTES) {
      throw new IllegalArgumentException(
          "could not keep a state record: the key of its subject has %d bytes; give the subject a shorter id, for a key of at most %d bytes"
              .formatted(subject.length, MOST_SUBJECT_BYTES));
    }
  }

  /**
   * Returns whether these bytes can be the key of a state record. If not, another program wrote
   * them to the changelog.
   */
  public static boolean isWhole(byte[] recordKey) {
    return recordKey.length >= LENGTH_BYTES && keyAt(recordKey) <= recordKey.length;
  }

  /** Returns the subject in the key of a state record. */
  public static byte[] subject(byte[] recordKey) {
    return Arrays.copyOfRange(recordKey, LENGTH_BYTES, keyAt(recordKey));
  }

  /** Returns the part of a state record's key that comes after the subject. */
  public static byte[] key(byte[] recordKey) {
    return Arrays.copyOfRange(recordKey, keyAt(recordKey), recordKey.length);
  }

  /** Returns whether the key of a state record names the given subject. */
  public static boolean isOf(byte[] recordKey, byte[] subject) {
    int end = keyAt(recordKey);
    return Arrays.equals(recordKey, LENGTH_BYTES, end, subject, 0, subject.length);
  }

  static int compareSubjects(byte[] one, byte[] other) {
    return one.length == other.length
        ? Arrays.compareUnsigned(one, other)
        : Integer.compare(one.length, other.length);
  }

  private static int keyAt(byte[] recordKey) {
    return LENGTH_BYTES + (((recordKey[0] & 0xFF) << 8) | (recordKey[1] & 0xFF));
  }
}
