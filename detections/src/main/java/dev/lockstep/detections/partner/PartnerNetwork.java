package dev.lockstep.detections.partner;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.partner.Partner;
import org.jspecify.annotations.Nullable;

/**
 * Network by which a partner is known: an autonomous system in a country.
 *
 * @param asn autonomous system number, or null if unknown
 * @param country ISO 3166 code, or null if unknown
 */
record PartnerNetwork(@Nullable Long asn, @Nullable String country) {
  private static final String NO_ASN = "AS unknown";
  private static final String NO_COUNTRY = "country unknown";

  static PartnerNetwork of(Location location) {
    Network network = location.network();
    return new PartnerNetwork(network.asn(), network.country());
  }

  /**
   * Parses a network in the form in which {@link #text} returns it, for example {@code AS64512/DE}.
   *
   * @throws IllegalArgumentException if the text lacks the slash between autonomous system and
   *     country, or the number of the autonomous system cannot be read
   */
  static PartnerNetwork parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "a partner's network lacks the slash between autonomous system and country: " + text);
    }
    String asn = text.substring(0, slash);
    String country = text.substring(slash + 1);
    return new PartnerNetwork(
        asn.equals(NO_ASN) ? null : Long.valueOf(asn.substring(2)),
        country.equals(NO_COUNTRY) ? null : country);
  }

  boolean isUnknown() {
    return asn == null && country == null;
  }

  boolean isNamedBy(Partner partner) {
    for (NamedSystem named : partner.networks()) {
      if (named.matches(asn, country)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns this network as a text for people, for example {@code AS64512/DE}. The text is part of
   * a finding's id.
   */
  String text() {
    return (asn == null ? NO_ASN : "AS" + asn) + "/" + (country == null ? NO_COUNTRY : country);
  }
}
