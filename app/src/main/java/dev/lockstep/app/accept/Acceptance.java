package dev.lockstep.app.accept;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.incident.IncidentsOfGroup;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Detection that an operator accepts as expected, with all detections that the new exception or
 * partner network could hide. The methods return the entry to write, which is an exception or a
 * network of a partner, and the other detections that the entry would hide.
 *
 * @param detection accepted detection
 * @param all all detections under consideration, including the accepted one
 */
public record Acceptance(DetectionSummary detection, Collection<DetectionSummary> all) {
  private static final long USUAL_DAYS = 90;
  private static final long DAY_MILLIS = 86_400_000L;

  /**
   * Entry that accepts a detection, with the entry's file and the other detections that the entry
   * would hide. The entry is an exception or a network of a partner. If there is such an entry
   * already, nothing is written.
   *
   * @param file new file for the entry; if the entry exists already, the configured file, although
   *     the entry may be in the folder of added files
   * @param text text of the new file; null if the entry exists already
   * @param lines lines of the entry, new or existing
   * @param alsoHides other detections that the entry would hide
   * @param alsoLowers other detections that would be one severity level lower, because fewer rules
   *     would agree in their incident
   * @param wider sentences, one for each wider network, with the number of other detections that an
   *     exception for it would hide
   */
  public record Written(
      Path file,
      @Nullable String text,
      List<String> lines,
      List<DetectionSummary> alsoHides,
      List<DetectionSummary> alsoLowers,
      List<String> wider) {}

  /**
   * Returns the default end of an exception: the end of the 90th UTC day after the day of the given
   * time. Both times are in milliseconds since 1970.
   */
  public static long usualEnd(long at) {
    return (at / DAY_MILLIS + 1 + USUAL_DAYS) * DAY_MILLIS;
  }

  /** Returns the default owner of an exception: the user who runs this process. */
  public static String usualOwner() {
    return System.getProperty("user.name", "unknown");
  }

  /**
   * Returns the narrowest exception for the detection. It has the smallest network that covers the
   * detection, or no network if none covers it.
   *
   * @throws OperatorException if the detection names no principal, partner or network
   */
  public ExceptionEntry narrowest(String reason, String owner, long expiresAt) {
    for (NamedNetwork network : networks()) {
      if (detection.isCoveredBy(network)) {
        return entry(network, reason, owner, expiresAt);
      }
    }
    if (principal() == null && partner() == null) {
      throw new OperatorException(
          "could not write an exception: it needs a principal, a partner, or one network that all events of the finding share, and finding %s has none of these; fix the cause of the finding, or leave the finding open"
              .formatted(detection.id()));
    }
    return entry(null, reason, owner, expiresAt);
  }

  private ExceptionEntry entry(
      @Nullable NamedNetwork network, String reason, String owner, long expiresAt) {
    return new ExceptionEntry(
        ExceptionEntry.derivedId(detection.rule(), principal(), partner(), network),
        detection.rule(),
        principal(),
        partner(),
        network,
        reason,
        owner,
        expiresAt);
  }

  private @Nullable String principal() {
    // an exception about a partner names no principal
    return detection.partner() == null ? detection.principal() : null;
  }

  private @Nullable String partner() {
    return detection.partner();
  }

  /**
   * Returns the networks that an exception may name, the smallest first. For a rule that compares
   * events, a network whose addresses change often is named only by its autonomous system.
   */
  private List<NamedNetwork> networks() {
    List<NamedNetwork> networks = new ArrayList<>();
    DetectionSummary.Side side = eventToExcept();
    if (side == null) {
      return networks;
    }
    if (side.moves() && detection.comparesEvents()) {
      if (side.asn() != null) {
        add(networks, "AS" + side.asn());
      }
    } else {
      Address address = Address.parse(side.ip());
      add(networks, side.prefix() == null && address != null ? address.prefix() : side.prefix());
      if (side.asn() != null) {
        add(networks, side.country() == null ? null : "AS" + side.asn() + "/" + side.country());
        add(networks, "AS" + side.asn());
      }
    }
    return networks;
  }

  /**
   * Returns the event in the detection's evidence whose network the exception is to name, or null
   * if there is no evidence. Usually it is the event that stands for the whole detection, {@link
   * DetectionSummary#telling}. For a rule that compares events, an event in a network whose
   * addresses change often is preferred.
   */
  private DetectionSummary.@Nullable Side eventToExcept() {
    DetectionSummary.Side telling = detection.telling();
    if (!detection.comparesEvents() || telling == null || telling.moves()) {
      return telling;
    }
    List<DetectionSummary.Side> moving =
        detection.sides().stream().filter(DetectionSummary.Side::moves).toList();
    return moving.isEmpty() ? telling : moving.get(0);
  }

  private static void add(List<NamedNetwork> networks, @Nullable String text) {
    NamedNetwork network = text == null ? null : NamedNetwork.parse(text);
    if (network != null) {
      networks.add(network);
    }
  }

  public Written exception(Path file, String text, ExceptionEntry entry) {
    List<String> wider = new ArrayList<>();
    boolean behind = false;
    for (NamedNetwork network : networks()) {
      if (behind) {
        long hidden =
            others(entry(network, entry.reason(), entry.owner(), entry.expiresAt())).size();
        wider.add(
            "With network %s instead, the exception would have hidden %s."
                .formatted(
                    network,
                    hidden == 0
                        ? "no other detection"
                        : DisplayFormat.count(hidden, "other detection")));
      }
      behind |= network.equals(entry.network());
    }
    List<DetectionSummary> others = others(entry);
    return new Written(file, text, Exceptions.lines(entry), others, lowered(others), wider);
  }

  public Written covered(Path file, ExceptionEntry entry) {
    List<DetectionSummary> others = others(entry);
    return new Written(file, null, Exceptions.lines(entry), others, lowered(others), List.of());
  }

  /**
   * Returns the detections that would be one severity level lower, because the entry hides other
   * detections of the same incident. An incident raises its detections only if enough rules agree
   * in it.
   */
  private List<DetectionSummary> lowered(List<DetectionSummary> alsoHidden) {
    Set<String> hidden = new HashSet<>();
    Set<String> touched = new HashSet<>();
    List<DetectionSummary> gone = new ArrayList<>(alsoHidden);
    if (!detection.corroborated()) {
      gone.add(detection);
    }
    for (DetectionSummary one : gone) {
      hidden.add(one.id());
      if (one.incident() != null) {
        touched.add(one.incident());
      }
    }
    Map<String, Set<String>> rules = new HashMap<>();
    List<DetectionSummary> raised = new ArrayList<>();
    for (DetectionSummary one : all) {
      String incident = one.incident();
      if (incident == null || !touched.contains(incident) || hidden.contains(one.id())) {
        continue;
      }
      rules.computeIfAbsent(incident, any -> new HashSet<>()).add(one.rule());
      if (one.severityBefore() != null && !one.severityBefore().equals(one.severity())) {
        raised.add(one);
      }
    }
    return raised.stream()
        .filter(
            one ->
                rules.getOrDefault(String.valueOf(one.incident()), Set.of()).size()
                    < IncidentsOfGroup.RULES_TO_RAISE)
        .toList();
  }

  private List<DetectionSummary> others(ExceptionEntry entry) {
    return all.stream()
        .filter(other -> !other.id().equals(detection.id()))
        .filter(other -> other.isCoveredBy(entry) && !other.corroborated())
        .toList();
  }

  /**
   * Returns the network of the detection, to be added to the detection's partner in the partner
   * registry. It is a range if the partner has declared ranges, otherwise an autonomous system,
   * with its country if known. The registry may have it already.
   *
   * @throws OperatorException if no event in the evidence has such a network
   */
  public NamedNetwork partnerNetwork() {
    DetectionSummary.Side side = detection.telling();
    boolean range = detection.reason().equals("outside-allowlist");
    for (NamedNetwork network : networks()) {
      if (network.isRange() == range) {
        return network;
      }
    }
    if (side == null) {
      throw new OperatorException(
          "could not add a network to a partner: the detection %s cites no event, so there is no address whose network could be added; use --as exception to write an exception instead"
              .formatted(detection.id()));
    }
    if (range) {
      throw new OperatorException(
          "could not add a network to a partner: no range can be made of the address %s; use --as exception to write an exception instead"
              .formatted(Quoted.of(side.ip())));
    }
    throw new OperatorException(
        "could not add a network to a partner: the number of the autonomous system of %s is not known; use --as exception to write an exception instead, or write the number into the column asn of the networks file, and then accept a new detection"
            .formatted(Quoted.of(side.ip())));
  }

  public Written partnerNetwork(
      Path file, @Nullable String text, String partner, NamedNetwork network) {
    List<DetectionSummary> others =
        all.stream()
            .filter(other -> !other.id().equals(detection.id()) && !other.isWithdrawn())
            .filter(other -> other.rule().equals(detection.rule()))
            .filter(other -> partner.equalsIgnoreCase(other.partner()))
            .filter(other -> other.reason().equals("outside-allowlist") == network.isRange())
            .filter(other -> other.isCoveredBy(network))
            .toList();
    String key = network.isRange() ? "cidrs" : "networks";
    return new Written(
        file,
        text,
        List.of("partner " + partner + ", " + key + ": " + network),
        others,
        lowered(others),
        List.of());
  }
}
