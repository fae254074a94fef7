package dev.lockstep.detections.state;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.Stretch;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.FactKind;
import java.util.List;
import java.util.function.Predicate;

/**
 * Records of facts of one kind on a rule's day that are not decoded yet. They are a part of a
 * subject's stretch, and are located there when they are first asked for.
 */
final class UnreadFacts {
  private static final int[] NOT_FOUND = {};

  private final StateCodec codec;
  private final ActiveRule rule;
  private final String subject;
  private final byte[] stretch;
  private final int begin;
  private final int end;

  /** Places of the records that are left, or {@link #NOT_FOUND} until one is looked for. */
  private int[] places = NOT_FOUND;

  private int left;

  /**
   * Creates the undecoded records of a subject's facts, which follow one another in a stretch.
   *
   * @param subject id of the subject
   * @param begin where the first record begins in the stretch
   * @param end where the last one ends
   * @param count number of records
   */
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

  /** Returns how many records are left. */
  int size() {
    return left;
  }

  /** Returns the number of bytes of the records, also of those that are decoded. */
  int bytes() {
    return end - begin;
  }

  /** Decodes all records into a list, in order. */
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
   * Decodes the record at an index into a list and removes it; the last record moves to this index.
   */
  void decode(int index, List<KeptFact> to) {
    to.add(codec.readFact(rule, subject, stretch, new Stretch.Cursor(stretch, places[index])));
    places[index] = places[--left];
  }

  /**
   * Decodes the records of facts whose place meets a condition into a list, and removes these
   * records.
   */
  void decode(FactKind kind, Predicate<Place> places, List<KeptFact> to) {
    find();
    for (int i = left - 1; i >= 0; i--) {
      if (places.test(codec.placeOf(kind, stretch, new Stretch.Cursor(stretch, this.places[i])))) {
        decode(i, to);
      }
    }
  }

  /**
   * Returns the number of the last record before a given record whose fact may have an identity; -1
   * if there is none.
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

  /** Returns the time of the first event of the fact in the record with a number. */
  long firstAt(int number) {
    return StateCodec.firstAtOf(stretch, keyAt(number));
  }

  /**
   * Writes the order of each record's fact, as {@link FactOrder} has it, into an array from an
   * index on.
   */
  void orders(long[] to, int place) {
    find();
    for (int i = 0; i < left; i++) {
      to[place + i] = StateCodec.orderOf(stretch, keyAt(i));
    }
  }

  private boolean isOf(FactIdentity identity, int keyAt) {
    return FactOrder.withoutRank(StateCodec.orderOf(stretch, keyAt)) == identity.order();
  }

  /** Returns where a record's key begins: after the one byte that a length below 128 takes. */
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
