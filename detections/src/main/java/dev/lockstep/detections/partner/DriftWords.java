package dev.lockstep.detections.partner;

import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Static methods that write the title and description of a {@code partner-ip-drift} finding. */
final class DriftWords {
  private static final int FEW = 5;

  private DriftWords() {}

  static Words of(Finding finding, DriftJudgement first) {
    Network network = first.location().network();
    String title = titled(finding.first().reason(), network);
    return Words.of(
            "Partner %s: %s".formatted(first.partner().name(), title),
            description(finding, first, network))
        .at(first.location().address().text());
  }

  private static String titled(String reason, Network network) {
    return switch (reason) {
      case PartnerIpDrift.OUTSIDE_ALLOWLIST -> "calls from outside its declared ranges";
      case PartnerIpDrift.NEW_COUNTRY -> "calls from a new country, " + network.country();
      case PartnerIpDrift.HOSTING -> "calls from " + Phrases.aNetwork(network.networkClass());
      default -> "calls from a new network";
    };
  }

  private static String description(Finding finding, DriftJudgement first, Network network) {
    int minutes = finding.counted();
    Set<String> addresses = new HashSet<>();
    finding
        .fired()
        .forEach(fired -> fired.fact(0).addresses().forEach(one -> addresses.add(one.text())));
    StringBuilder text = new StringBuilder(400);
    text.append("Partner ")
        .append(first.partner().name())
        .append("'s key was accepted from ")
        .append(first.location().address().text())
        .append(Phrases.more(addresses.size() - 1, "address"))
        .append(" (")
        .append(first.network().text());
    if (network.organisation() != null) {
      text.append(", ").append(network.organisation());
    }
    if (network.networkClass() != NetworkClass.UNKNOWN) {
      text.append(", ").append(network.networkClass().word());
    }
    text.append("), in ")
        .append(Phrases.differentMinutes(minutes))
        .append(" of ")
        .append(Phrases.day(finding.of().day()))
        .append(", first at ")
        .append(Phrases.time(finding.firstAt()))
        .append(". ")
        .append(why(finding.first().reason(), first, network));
    if (first.isShared()) {
      text.append(
          " One level higher, since calls from a known network came within an hour of these calls:"
              + " two parties seem to use one key.");
    }
    KnownNetworks known = first.known();
    if (known != null) {
      List<String> names = names(known, first.partner());
      text.append(" Known: ")
          .append(names.isEmpty() ? "none" : firstFew(names))
          .append("; learned from ")
          .append(known.days())
          .append(known.days() == 1 ? " day" : " days")
          .append(" with calls in ")
          .append(Phrases.minutes(known.minutes()))
          .append('.');
    }
    return text.toString();
  }

  private static String why(String reason, DriftJudgement first, Network network) {
    return switch (reason) {
      case PartnerIpDrift.OUTSIDE_ALLOWLIST ->
          "The address is outside all of the ranges that the registry declares: "
              + firstFew(first.partner().cidrs())
              + ".";
      case PartnerIpDrift.NEW_COUNTRY ->
          "None of the partner's known networks is in " + network.country() + ".";
      case PartnerIpDrift.HOSTING ->
          "The network is "
              + Phrases.aNetwork(network.networkClass())
              + ", and not one of the partner's known networks: anybody can rent an address there.";
      default ->
          network.country() == null
              ? "The network is new for the partner; its country is unknown."
              : "The network is new for the partner; the country is not.";
    };
  }

  static List<String> names(KnownNetworks known, Partner partner) {
    List<String> names = new ArrayList<>();
    known.networks().keySet().stream().map(PartnerNetwork::text).sorted().forEach(names::add);
    for (NamedSystem network : partner.networks()) {
      String name = named(network);
      if (!names.contains(name)) {
        names.add(name + " (registry)");
      }
    }
    return names;
  }

  private static String named(NamedSystem network) {
    return "AS" + network.asn() + (network.country() == null ? "" : "/" + network.country());
  }

  private static String firstFew(List<String> names) {
    if (names.size() <= FEW) {
      return String.join(", ", names);
    }
    return String.join(", ", names.subList(0, FEW)) + " and " + (names.size() - FEW) + " more";
  }
}
