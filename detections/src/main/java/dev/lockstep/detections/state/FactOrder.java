package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.rules.FactKind;
import dev.lockstep.schemas.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Order by which facts are dropped when there are too many: a rank in the highest bits, and a hash
 * of the values that distinguish a fact. It is in the keys of records, so it must not change.
 */
final class FactOrder {
  private static final int RANK_BITS = 4;

  /** Lowest bits, which are zero, so that six bytes of a key hold an order. */
  static final int UNUSED_BITS = 16;

  private static final int HASH_BITS = Long.SIZE - RANK_BITS;

  private FactOrder() {}

  static long ranked(int rank, long order) {
    return ((long) rank << HASH_BITS) | order;
  }

  /** Returns an order without its rank. */
  static long withoutRank(long order) {
    return order & ((1L << HASH_BITS) - 1);
  }

  /** Returns the hash of a fact's traits, which are not put together for it. */
  static long of(
      FactKind kind,
      @Nullable Object[] values,
      @Nullable Location location,
      @Nullable Principal principal) {
    long hash = Hashes.EMPTY;
    if (location != null && kind.where() != FactKind.Where.NOWHERE) {
      Network network = location.network();
      boolean isByAddress = kind.where() == FactKind.Where.ADDRESS;
      hash = Hashes.more(hash, isByAddress ? location.address().text() : network.prefix());
      hash = line(hash, network.asn());
      hash = line(hash, network.networkClass().word());
      hash = line(hash, network.country());
      if (isByAddress) {
        hash = line(hash, PlaceTexts.of(location.place()));
      }
    }
    hash = line(hash, kind.name());
    for (Object value : values) {
      hash = line(hash, value);
    }
    if (kind.isByPrincipal()) {
      hash = line(hash, principal == null ? null : principal.getId());
    }
    return (hash >>> (RANK_BITS + UNUSED_BITS)) << UNUSED_BITS;
  }

  private static long line(long hash, @Nullable Object value) {
    long next = Hashes.more(hash, "\n");
    return value instanceof Long number
        ? Hashes.more(next, number.longValue())
        : Hashes.more(next, String.valueOf(value));
  }
}
