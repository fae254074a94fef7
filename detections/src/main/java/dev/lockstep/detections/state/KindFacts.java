package dev.lockstep.detections.state;

import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.FactKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collection of a rule's facts of one kind on one day of a subject, decoded or still as records. A
 * record is decoded only when its fact may be asked for.
 */
final class KindFacts {
  private static final int UNIT_BYTES = 200;

  private final FactKind kind;
  private final List<KeptFact> decoded = new ArrayList<>(2);
  private @Nullable UnreadFacts unread;

  KindFacts(FactKind kind) {
    this.kind = kind;
  }

  FactKind kind() {
    return kind;
  }

  void unread(UnreadFacts records) {
    unread = records;
  }

  int size() {
    return decoded.size() + (unread == null ? 0 : unread.size());
  }

  /**
   * Returns the estimated memory of these facts in units of 200 bytes, without the sets of decoded
   * facts.
   */
  int weight() {
    int weight = 2 * decoded.size() + (unread == null ? 0 : unread.bytes() / UNIT_BYTES);
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

  List<KeptFact> all() {
    if (unread != null) {
      unread.decodeAll(decoded);
      unread = null;
    }
    return decoded;
  }

  /**
   * Returns the facts whose geographic place fulfils a predicate, and maybe other facts too. Facts
   * that are already decoded are always in the list, whatever their place. The caller has to check
   * each fact's place itself.
   */
  List<KeptFact> at(Predicate<Place> places) {
    if (unread != null) {
      unread.decode(kind, places, decoded);
    }
    return decoded;
  }

  @Nullable KeptFact alike(FactIdentity identity) {
    UnreadFacts records = unread;
    if (records != null) {
      for (int i = records.alike(identity, records.size());
          i >= 0;
          i = records.alike(identity, i)) {
        records.decode(i, decoded);
      }
    }
    for (KeptFact fact : decoded) {
      if (identity.isOf(fact)) {
        return fact;
      }
    }
    return null;
  }

  /**
   * Returns the facts of an identity that lie near the time {@code at}, and maybe others of the
   * identity. A fact lies near if it contains the time or is less than {@code gapMillis} away.
   * Facts of one identity differ only in time, and are called runs. Runs lie at least a gap apart.
   * So it is enough to decode the last run that does not begin after the time, and the runs that
   * begin less than a gap after it. The list is new, and has all decoded runs of the identity.
   */
  List<KeptFact> runs(FactIdentity identity, long at, long gapMillis) {
    if (unread != null) {
      decodeNear(unread, identity, at, gapMillis);
    }
    List<KeptFact> runs = new ArrayList<>(2);
    for (KeptFact fact : decoded) {
      if (identity.isOf(fact)) {
        runs.add(fact);
      }
    }
    return runs;
  }

  private void decodeNear(UnreadFacts records, FactIdentity identity, long at, long gapMillis) {
    boolean isFound = false;
    for (int last = lastUpTo(records, identity, at);
        last >= 0 && !isFound;
        last = lastUpTo(records, identity, at)) {
      records.decode(last, decoded);
      isFound = identity.isOf(decoded.get(decoded.size() - 1)); // another may have the same hash
    }
    for (int i = records.alike(identity, records.size()); i >= 0; i = records.alike(identity, i)) {
      long apart = records.firstAt(i) - at;
      if (apart > 0 && apart < gapMillis) {
        records.decode(i, decoded);
      }
    }
  }

  /**
   * Returns the index of an identity's last encoded fact that begins at or before a time, or -1 if
   * there is none. Identities are compared by their hash only.
   */
  private static int lastUpTo(UnreadFacts records, FactIdentity identity, long at) {
    int last = -1;
    for (int i = records.alike(identity, records.size()); i >= 0; i = records.alike(identity, i)) {
      if (records.firstAt(i) <= at && (last < 0 || records.firstAt(i) > records.firstAt(last))) {
        last = i;
      }
    }
    return last;
  }

  /** Returns the number of facts, where facts that differ only in their time count once. */
  int groups() {
    long[] orders = new long[size()];
    int place = 0;
    for (KeptFact fact : decoded) {
      orders[place++] = fact.order();
    }
    if (unread != null) {
      unread.orders(orders, place);
    }
    Arrays.sort(orders);
    int groups = 0;
    for (int i = 0; i < orders.length; i++) {
      if (i == 0 || orders[i] != orders[i - 1]) {
        groups++;
      }
    }
    return groups;
  }
}
