package dev.lockstep.app.suggest;

import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Suggested row for the networks file.
 *
 * @param cidr address or prefix
 * @param why reason in one line, without numbers
 * @param numbers counts behind the reason, by name; shares are from 0 to 1
 * @param network autonomous system, owner, country and class of the network, as a text for people
 */
public record NetworkSuggestion(
    String cidr,
    NetworkClass networkClass,
    String why,
    Map<String, Number> numbers,
    String network) {

  static String owner(Network network) {
    List<String> parts = new ArrayList<>();
    if (network.asn() != null) {
      parts.add("AS" + network.asn());
    }
    if (network.organisation() != null) {
      parts.add(network.organisation());
    }
    if (network.country() != null) {
      parts.add(network.country());
    }
    if (network.networkClass() != NetworkClass.UNKNOWN) {
      parts.add(network.networkClass().word());
    }
    return String.join(" ", parts);
  }
}
