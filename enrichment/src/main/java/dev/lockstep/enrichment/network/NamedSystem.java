package dev.lockstep.enrichment.network;

import dev.lockstep.enrichment.file.ValueParsers;
import dev.lockstep.enrichment.file.Wording;
import org.jspecify.annotations.Nullable;

/**
 * Autonomous system that a person names as a network of a partner or of an exception, in one
 * country or in any.
 *
 * @param asn autonomous system number, 1 to 4294967295
 * @param country ISO 3166 code, or null for any country
 */
public record NamedSystem(long asn, @Nullable String country) {

  /**
   * Creates an autonomous system of the given country, or of any country if the code is null. The
   * code is stored in upper case.
   */
  public NamedSystem {
    if (ValueParsers.asn(asn) == null) {
      throw new IllegalArgumentException("a network has no valid autonomous system number: " + asn);
    }
    if (country != null) {
      String code = ValueParsers.country(country);
      if (code == null) {
        throw new IllegalArgumentException(
            "a network's country is no country code: " + Wording.quote(country));
      }
      country = code;
    }
  }

  /**
   * Parses an autonomous system with or without a country, such as {@code AS64500/DE} or {@code
   * AS64500}; returns null for any other text.
   */
  public static @Nullable NamedSystem parse(String text) {
    String network = text.strip();
    int slash = network.indexOf('/');
    String system = slash < 0 ? network : network.substring(0, slash);
    Long asn = ValueParsers.startsWithAs(system) ? ValueParsers.asn(system) : null;
    if (asn == null) {
      return null;
    }
    if (slash < 0) {
      return new NamedSystem(asn, null);
    }
    String country = ValueParsers.country(network.substring(slash + 1));
    return country == null ? null : new NamedSystem(asn, country);
  }

  /**
   * Returns whether an observed number and country match this autonomous system. An unknown number
   * never matches. An unknown country matches only if any country is allowed.
   */
  public boolean matches(@Nullable Long asn, @Nullable String country) {
    return asn != null
        && asn == this.asn
        && (this.country == null || this.country.equalsIgnoreCase(country));
  }
}
