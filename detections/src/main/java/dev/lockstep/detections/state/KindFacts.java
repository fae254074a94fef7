package dev.lockstep.detections.state;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.FactKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts of one kind on a rule's day: those that are decoded, and the records of others, which are
 * decoded when somebody asks for them. A record's key tells so much of its fact that most records
 * that are not meant stay as they are.
 */
final class KindFacts {
  private static final int UNIT_BYTES = 200;

  private final ActiveRule rule;
  private final FactKind kind;
  private final int day;
  private final List<KeptFact> decoded = new ArrayList<>(2);

  /** Keys and values of the records, in turn. */
  private List<byte[]> unread = List.of();

  private @Nullable StateCodec codec;
  private String subject = "";
  private int unreadBytes;

  KindFacts(ActiveRule rule, FactKind kind, int day) {
    this.rule = rule;
    this.kind = kind;
    this.day = day;
  }

  FactKind kind() {
    return kind;
  }

  void addUnread(StateCodec from, String of, byte[] key, byte[] value) {
    if (unread.isEmpty()) {
      unread = new ArrayList<>(4);
      codec = from;
      subject = of;
    }
    unread.add(key);
    unread.add(value);
    unreadBytes += value.length;
  }

  boolean isEmpty() {
    return decoded.isEmpty() && unread.isEmpty();
  }

  int size() {
    return decoded.size() + unread.size() / 2;
  }

  /** Returns the estimated memory in units of 200 bytes. */
  int weight() {
    int weight = 2 * decoded.size() + unread.size() / 2 + unreadBytes / UNIT_BYTES;
    if (kind.hasAggregate()) {
      for (KeptFact fact : decoded) {
        weight += 2 * fact.weight();
      }
    }
    return weight;
  }

  List<KeptFact> decoded() {
    return decoded;
  }

  /** Returns all facts, after all records are decoded. */
  List<KeptFact> all() {
    for (int i = 0; i < unread.size(); i += 2) {
      decode(i);
    }
    unread = List.of();
    return decoded;
  }

  /** Returns the fact that is alike, or null. */
  @Nullable KeptFact alike(Likeness likeness) {
    if (kind.where() == FactKind.Where.ADDRESS) {
      all(); // of an address the country may have changed, which is in the order
    }
    for (int i = unread.size() - 2; i >= 0; i -= 2) {
      if (isOf(likeness, unread.get(i))) {
        take(i);
      }
    }
    for (KeptFact fact : decoded) {
      if (likeness.isOf(fact)) {
        return fact;
      }
    }
    return null;
  }

  /**
   * Returns facts that are alike, among them each that is less than a gap from a time. Runs of
   * facts alike lie a gap apart: so near a time are at most the last one that begins before it, and
   * those that begin soon after.
   */
  List<KeptFact> runs(Likeness likeness, long at, long gapMillis) {
    if (kind.where() == FactKind.Where.ADDRESS) {
      all();
    } else {
      decodeNear(likeness, at, gapMillis);
    }
    List<KeptFact> runs = new ArrayList<>(2);
    for (KeptFact fact : decoded) {
      if (likeness.isOf(fact)) {
        runs.add(fact);
      }
    }
    return runs;
  }

  private void decodeNear(Likeness likeness, long at, long gapMillis) {
    int last = -1;
    long lastAt = Long.MIN_VALUE;
    for (int i = 0; i < unread.size(); i += 2) {
      long firstAt = StateCodec.firstAtOf(unread.get(i), day);
      if (firstAt <= at && firstAt >= lastAt && isOf(likeness, unread.get(i))) {
        last = i;
        lastAt = firstAt;
      }
    }
    if (last >= 0) {
      take(last);
    }
    for (int i = unread.size() - 2; i >= 0; i -= 2) {
      long apart = StateCodec.firstAtOf(unread.get(i), day) - at;
      if (apart > 0 && apart < gapMillis && isOf(likeness, unread.get(i))) {
        take(i);
      }
    }
  }

  /** Returns how many facts there are of which none is like another, whatever their times. */
  int unlike() {
    long[] orders = new long[size()];
    int place = 0;
    for (KeptFact fact : decoded) {
      orders[place++] = fact.order();
    }
    for (int i = 0; i < unread.size(); i += 2) {
      orders[place++] = StateCodec.orderOf(unread.get(i));
    }
    Arrays.sort(orders);
    int unlike = 0;
    for (int i = 0; i < orders.length; i++) {
      if (i == 0 || orders[i] != orders[i - 1]) {
        unlike++;
      }
    }
    return unlike;
  }

  private static boolean isOf(Likeness likeness, byte[] key) {
    return FactOrder.withoutRank(StateCodec.orderOf(key)) == likeness.order();
  }

  private void decode(int place) {
    StateCodec from = codec;
    if (from != null) {
      byte[] value = unread.get(place + 1);
      decoded.add(from.readFact(rule, subject, day, unread.get(place), value));
      unreadBytes -= value.length;
    }
  }

  /** Decodes a record, whose place the last one gets. */
  private void take(int place) {
    decode(place);
    byte[] value = unread.remove(unread.size() - 1);
    byte[] key = unread.remove(unread.size() - 1);
    if (place < unread.size()) {
      unread.set(place, key);
      unread.set(place + 1, value);
    }
  }
}
