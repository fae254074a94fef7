package dev.lockstep.detections.contribution;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Search for the exceptions that cover a finding, by its rule, principal, partner, time and
 * networks.
 */
final class CoveringExceptions {
  private final Enrichment enrichment;

  CoveringExceptions(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  /**
   * Returns the ids of the exceptions that cover a finding. An exception that names a network
   * covers it if the finding is about an address in the network, or if each verdict of the finding
   * has a fact with an address in the network.
   *
   * @param at location of the subject if it is an address, otherwise null
   * @param isWhole if all facts of the finding are kept; if not, an exception that names a network
   *     covers only findings about an address in the network
   */
  List<String> of(Detection finding, @Nullable Location at, List<Fired> fired, boolean isWhole) {
    List<String> covering = new ArrayList<>(0);
    String rule = RuleInfo.ruleOf(finding.getRule());
    for (ExceptionEntry entry : enrichment.exceptions().of(rule)) {
      NamedNetwork network = entry.network();
      if (entry.names(
              rule,
              finding.getPrincipal() == null ? null : finding.getPrincipal().getId(),
              finding.getPartner() == null ? null : finding.getPartner().getId(),
              finding.getEndTime())
          && (network == null
              || isAbout(at, network)
              || (isWhole && fired.stream().allMatch(one -> in(network, one))))) {
        covering.add(entry.id());
      }
    }
    return covering;
  }

  /**
   * Returns whether a finding is about an address in a network. All facts of such a finding have
   * this address, even facts that are no longer kept.
   */
  private static boolean isAbout(@Nullable Location at, NamedNetwork network) {
    return at != null && contains(network, at);
  }

  private static boolean contains(NamedNetwork network, Location at) {
    return network.contains(at.address(), at.network().asn(), at.network().country());
  }

  /**
   * Returns whether the network of an exception covers a verdict. One fact in the network is
   * enough, unless the fact may have events in several networks. Such facts count only if the
   * verdict has no other facts with an address. Then each of them has to be in the network.
   */
  private boolean in(NamedNetwork network, Fired fired) {
    boolean isAnyOfSides = false;
    boolean isAnyOut = false;
    boolean isAnyIn = false;
    for (int i = 0; i < fired.size(); i++) {
      Fact fact = fired.fact(i);
      if (!isAtAnyAddress(fired, i)) {
        continue;
      }
      boolean isIn = in(network, fired, i);
      if (isOfAnyNetwork(fact)) {
        isAnyIn |= isIn;
        isAnyOut |= !isIn;
      } else if (isIn) {
        return true;
      } else {
        isAnyOfSides = true;
      }
    }
    return isAnyIn && !isAnyOut && !isAnyOfSides;
  }

  /** Returns whether a fact may have events at several addresses in different networks. */
  private static boolean isOfAnyNetwork(Fact fact) {
    return fact.kind().where() == FactKind.Where.NOWHERE && fact.kind().keepsAddresses();
  }

  /**
   * Returns whether an event of a fact has an address. If the events of the fact may be in several
   * networks, only events that count for the verdict are considered. Otherwise only the first event
   * is.
   */
  private static boolean isAtAnyAddress(Fired fired, int place) {
    Fact fact = fired.fact(place);
    return isOfAnyNetwork(fact)
        ? fact.addresses().stream().anyMatch(used -> CountedFacts.counts(fired, place, used))
        : fact.location() != null;
  }

  private boolean in(NamedNetwork network, Fired fired, int place) {
    Fact fact = fired.fact(place);
    if (isOfAnyNetwork(fact)) {
      return areIn(network, fired, place);
    }
    Location at = fact.location();
    if (at == null) {
      return false;
    }
    boolean isByAddress = network.isRange() && !fact.addresses().isEmpty();
    return isByAddress ? areIn(network, fired, place) : contains(network, at);
  }

  private boolean areIn(NamedNetwork network, Fired fired, int place) {
    for (Seen used : fired.fact(place).addresses()) {
      if (CountedFacts.counts(fired, place, used) && !contains(network, used.text())) {
        return false;
      }
    }
    return true;
  }

  private boolean contains(NamedNetwork network, String text) {
    Address address = Address.parse(text);
    if (network.isRange() || address == null) {
      return network.contains(address, null, null);
    }
    Network known = enrichment.locate(address, null).network();
    return network.contains(address, known.asn(), known.country());
  }
}
