package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.ExceptionEntry;
import dev.lockstep.enrichment.Exceptions;
import dev.lockstep.enrichment.NamedNetwork;
import dev.lockstep.enrichment.Network;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Spot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which exceptions cover a finding, that is, all of what fired in it. A rule notes them with the
 * finding, and judges and learns as if there were none.
 */
final class Expected {
  static final Expected NOTHING = new Expected(Enrichment.none());

  private final Enrichment enrichment;
  private final Exceptions exceptions;

  Expected(Enrichment enrichment) {
    this.enrichment = enrichment;
    this.exceptions = enrichment.exceptions();
  }

  /**
   * Returns the ids of the exceptions that cover a finding, as listed.
   *
   * @param touched whether everything that fired has a side in a network
   */
  List<String> covering(Detection finding, Predicate<NamedNetwork> touched) {
    List<ExceptionEntry> entries = exceptions.of(finding.getRule());
    if (entries.isEmpty()) {
      return List.of();
    }
    List<String> covering = new ArrayList<>();
    for (ExceptionEntry entry : entries) {
      NamedNetwork network = entry.network();
      if (names(entry, finding) && (network == null || touched.test(network))) {
        covering.add(entry.id());
      }
    }
    return covering;
  }

  static boolean names(ExceptionEntry entry, Detection finding) {
    return entry.names(
        finding.getRule(),
        finding.getPrincipal() == null ? null : finding.getPrincipal().getId(),
        finding.getPartner() == null ? null : finding.getPartner().getId(),
        finding.getEndTime());
  }

  static boolean in(NamedNetwork network, @Nullable Spot spot) {
    return spot != null
        && network.contains(
            Address.parse(spot.getAddress()), spot.getAsn(), spot.getNetworkCountry());
  }

  /**
   * Returns whether all of what is held as one spot is in a network.
   *
   * @param addresses that it stands for; none: its own
   */
  static boolean in(NamedNetwork network, @Nullable Spot spot, Collection<String> addresses) {
    if (spot == null || !network.isRange() || addresses.isEmpty()) {
      return in(network, spot);
    }
    for (String address : addresses) {
      if (!network.contains(Address.parse(address), null, null)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether an address of which no record speaks is in a network. */
  boolean at(NamedNetwork network, String address) {
    Address parsed = Address.parse(address);
    if (parsed == null) {
      return false;
    }
    Network found = enrichment.locate(parsed, null).network();
    return network.contains(parsed, found.asn(), found.country());
  }
}
