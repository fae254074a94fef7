package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.rules.FactKind;
import dev.lockstep.schemas.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Static methods that compute the order in which facts are dropped when there are too many. The
 * order of a fact is a number. Its highest bits are the rank from the rule. A hash of the values
 * that distinguish the fact follows. Keys of records contain the order, so it must not change.
 */
final class FactOrder {
  private static final int RANK_BITS = 4;

  /**
   * Number of lowest bits of a fact's order that are always 0. The order is a 64-bit number by
   * which facts are chosen to be dropped when there are too many. The key of a stored fact leaves
   * these bits out, and holds the other 48 in six bytes.
   */
  static final int UNUSED_BITS = 16;

  private static final int HASH_BITS = Long.SIZE - RANK_BITS;

  private static final long TRUE = 0x5851F42D4C957F2DL;

  private static final long NONE = 0x2545F4914F6CDD1DL;

  private FactOrder() {}

  static long ranked(int rank, long order) {
    return ((long) rank << HASH_BITS) | order;
  }

  static long withoutRank(long order) {
    return order & ((1L << HASH_BITS) - 1);
  }

  static long of(
      FactKind kind,
      @Nullable Object[] values,
      @Nullable Location location,
      @Nullable Principal principal) {
    long hash = 0;
    if (location != null && kind.where() != FactKind.Where.NOWHERE) {
      Network network = location.network();
      hash = more(hash, network.asn());
      hash = more(hash, network.networkClass().word());
      if (kind.where() == FactKind.Where.ADDRESS) {
        hash = more(hash, location.address().text());
        hash = Hashes.mixed(hash, PlaceTexts.hashOf(location.place()));
      } else {
        hash = more(hash, network.prefix());
        hash = more(hash, network.country());
      }
    }
    hash = more(hash, kind.name());
    for (Object value : values) {
      hash = more(hash, value);
    }
    if (kind.isByPrincipal()) {
      hash = more(hash, principal == null ? null : principal.getId());
    }
    return (hash >>> (RANK_BITS + UNUSED_BITS)) << UNUSED_BITS;
  }

  private static long more(long hash, @Nullable Object value) {
    if (value instanceof String text) {
      return Hashes.mixed(hash, text);
    }
    return Hashes.mixed(
        hash, value instanceof Long number ? number : Boolean.TRUE.equals(value) ? TRUE : NONE);
  }
}
