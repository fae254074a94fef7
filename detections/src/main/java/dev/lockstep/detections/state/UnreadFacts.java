package dev.lockstep.detections.state;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.Stretch;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.FactKind;
import java.util.List;
import java.util.function.Predicate;

/**
 * Facts of one kind that a rule keeps of a subject on one UTC day, still as encoded records. They
 * are a part of the subject's {@link Stretch}, and are located there when they are first asked for.
 */
final class UnreadFacts {
  private static final int[] NOT_FOUND = {};

  private final StateCodec codec;
  private final ActiveRule rule;
  private final String subject;
  private final byte[] stretch;
  private final int begin;
  private final int end;

  /**
   * Start positions of the records that are still to be decoded, in the bytes of {@link #stretch}.
   * The stretch holds records of the subject. The array is {@link #NOT_FOUND} until the records are
   * first looked for. Only its first {@link #left} positions count.
   */
  private int[] places = NOT_FOUND;

  private int left;

  UnreadFacts(
      StateCodec codec,
      ActiveRule rule,
      String subject,
      byte[] stretch,
      int begin,
      int end,
      int count) {
    this.codec = codec;
    this.rule = rule;
    this.subject = subject;
    this.stretch = stretch;
    this.begin = begin;
    this.end = end;
    this.left = count;
  }

  int size() {
    return left;
  }

  /**
   * Returns the length in bytes of all records that this object had at its creation, including
   * those that have been decoded since.
   */
  int bytes() {
    return end - begin;
  }

  void decodeAll(List<KeptFact> to) {
    if (places == NOT_FOUND) {
      Stretch.Cursor at = new Stretch.Cursor(stretch, begin);
      for (; left > 0; left--) {
        to.add(codec.readFact(rule, subject, stretch, at));
        at.advance();
      }
    }
    for (int i = 0; i < left; i++) {
      to.add(codec.readFact(rule, subject, stretch, new Stretch.Cursor(stretch, places[i])));
    }
    left = 0;
  }

  /**
   * Decodes the record at an index into a list of facts, and removes the record from this object.
   * The last record moves to that index.
   */
  void decode(int index, List<KeptFact> to) {
    to.add(codec.readFact(rule, subject, stretch, new Stretch.Cursor(stretch, places[index])));
    places[index] = places[--left];
  }

  void decode(FactKind kind, Predicate<Place> places, List<KeptFact> to) {
    find();
    for (int i = left - 1; i >= 0; i--) {
      if (places.test(codec.placeOf(kind, stretch, new Stretch.Cursor(stretch, this.places[i])))) {
        decode(i, to);
      }
    }
  }

  /**
   * Returns the index of the last record, before a given index, that has the hash of an identity,
   * or -1 if there is none.
   */
  int alike(FactIdentity identity, int before) {
    find();
    for (int i = before - 1; i >= 0; i--) {
      if (isOf(identity, keyAt(i))) {
        return i;
      }
    }
    return -1;
  }

  long firstAt(int number) {
    return StateCodec.firstAtOf(stretch, keyAt(number));
  }

  void orders(long[] to, int place) {
    find();
    for (int i = 0; i < left; i++) {
      to[place + i] = StateCodec.orderOf(stretch, keyAt(i));
    }
  }

  private boolean isOf(FactIdentity identity, int keyAt) {
    return FactOrder.withoutRank(StateCodec.orderOf(stretch, keyAt)) == identity.order();
  }

  /**
   * Returns the index at which the key of an encoded fact begins in the bytes of {@link #stretch}.
   * One byte with the length of the key stands before it. A key is shorter than 128 bytes.
   */
  private int keyAt(int number) {
    return places[number] + 1;
  }

  private void find() {
    if (places != NOT_FOUND || left == 0) {
      return;
    }
    places = new int[left];
    Stretch.Cursor at = new Stretch.Cursor(stretch, begin);
    for (int i = 0; i < left; i++) {
      places[i] = at.record();
      at.advance();
    }
  }
}
