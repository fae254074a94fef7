package dev.lockstep.app.suggest;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Address prefixes and countries of users, to find prefixes whose users are otherwise in other
 * countries, for example prefixes of a VPN. At most eight prefixes of a user and 100,000 users are
 * kept.
 */
final class UserPlaces {
  private static final int MOST_USERS = 100_000;
  private static final int MOST_PREFIXES = 8;
  private static final int COUNTRY_BITS = 16;
  private static final long COUNTRY_MASK = (1L << COUNTRY_BITS) - 1;

  /**
   * Address prefixes from which the events of each user came, by the hash of the user. In each
   * number the upper bits are the hash of a prefix, the lower 16 bits the two letters of its
   * country.
   */
  private final Map<Long, long[]> seen = new HashMap<>();

  void add(long user, long prefix, @Nullable String country) {
    long packed = packed(prefix, country);
    long[] places = seen.get(user);
    if (places == null) {
      if (seen.size() < MOST_USERS) {
        seen.put(user, new long[] {packed});
      }
      return;
    }
    for (long place : places) {
      if (place == packed) {
        return;
      }
    }
    if (places.length < MOST_PREFIXES) {
      long[] more = Arrays.copyOf(places, places.length + 1);
      more[places.length] = packed;
      seen.put(user, more);
    }
  }

  /**
   * Counts of users of one address prefix: users who use other prefixes too, and users whose other
   * prefixes are all in other countries.
   *
   * @param withOthers users who also use another prefix with a known country
   * @param abroadOnly those of them who use no other prefix in the same country as this prefix
   */
  record Elsewhere(int withOthers, int abroadOnly) {
    double share() {
      return withOthers == 0 ? 0 : (double) abroadOnly / withOthers;
    }
  }

  Elsewhere of(long[] users, long prefix, String country) {
    int withOthers = 0;
    int abroadOnly = 0;
    long here = packed(prefix, country);
    for (long user : users) {
      long[] places = seen.get(user);
      if (places == null) {
        continue;
      }
      boolean others = false;
      boolean alsoHere = false;
      for (long place : places) {
        boolean samePrefix = (place | COUNTRY_MASK) == (here | COUNTRY_MASK);
        boolean known = (place & COUNTRY_MASK) != 0;
        others |= !samePrefix && known;
        alsoHere |= !samePrefix && (place & COUNTRY_MASK) == (here & COUNTRY_MASK);
      }
      withOthers += others ? 1 : 0;
      abroadOnly += others && !alsoHere ? 1 : 0;
    }
    return new Elsewhere(withOthers, abroadOnly);
  }

  private static long packed(long prefix, @Nullable String country) {
    long letters =
        country == null || country.length() != 2
            ? 0
            : (country.charAt(0) & 0xFF) << 8 | (country.charAt(1) & 0xFF);
    return (prefix & ~COUNTRY_MASK) | letters;
  }
}
