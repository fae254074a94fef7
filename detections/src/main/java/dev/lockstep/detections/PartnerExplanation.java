package dev.lockstep.detections;

import dev.lockstep.detections.PartnerDrift.Judgement;
import dev.lockstep.detections.PartnerTimeline.Known;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code partner-ip-drift} made of a partner: what was known, since when and why, and every
 * day's calls judged once more.
 *
 * @param learning how far the learning is, null where ranges are declared
 * @param networks the networks seen, and what is known of them for events of {@code asOf}
 * @param asOf the day that learning and networks are told for
 * @param days the newest first
 */
public record PartnerExplanation(
    Partner partner,
    @Nullable Learning learning,
    List<NetworkKnown> networks,
    @Nullable LocalDate asOf,
    List<Day> days) {
  /**
   * How far the learning is.
   *
   * @param completedOn the day that completed it, null while it goes on
   * @param days closed days with calls, until then or so far
   * @param minutes closed minutes with calls, until then or so far
   */
  public record Learning(
      @Nullable LocalDate completedOn, int days, int needsDays, int minutes, int needsMinutes) {}

  /**
   * A network of the partner.
   *
   * @param network autonomous system and country
   * @param organisation null if unknown
   * @param why it is known, null if it is not
   * @param since the first day whose events find it known; null if it is not
   * @param firstSeen first day with calls from there
   * @param lastSeen last day with calls from there
   * @param closedDays on how many closed days of the window it was seen
   * @param needsDays on how many it is seen until it is known
   * @param kept whether a finding keeps it from being learned by days
   */
  public record NetworkKnown(
      String network,
      @Nullable String organisation,
      @Nullable String why,
      @Nullable LocalDate since,
      LocalDate firstSeen,
      LocalDate lastSeen,
      int closedDays,
      int needsDays,
      boolean kept) {}

  /**
   * A day's calls.
   *
   * @param overflow whether the day was full, so that some calls are not kept
   */
  public record Day(LocalDate date, boolean overflow, List<Judged> judged) {}

  /**
   * Alike calls of a day.
   *
   * @param minutes distinct minutes with such calls
   * @param fired how many of these fired
   * @param why the network is known, null if it is not, or was not asked
   */
  public record Judged(
      PartnerUse use,
      String network,
      int minutes,
      int fired,
      @Nullable String why,
      List<GateChecked> gates,
      Conclusion conclusion) {}

  static PartnerExplanation of(
      Partner partner,
      NavigableMap<Integer, PartnerDay> pages,
      @Nullable LocalDate at,
      RuleSettings settings) {
    PartnerTimeline timeline = new PartnerTimeline();
    pages.forEach(timeline::set);
    PartnerDrift rule = new PartnerDrift(settings.drift());
    DriftGates gates = new DriftGates(settings.drift());
    List<Day> days = new ArrayList<>();
    pages
        .descendingMap()
        .forEach((day, page) -> days.add(day(partner, day, page, timeline, rule, gates)));
    Integer asOf =
        at != null
            ? Integer.valueOf((int) at.toEpochDay())
            : pages.isEmpty() ? null : pages.lastKey();
    if (asOf == null || partner.hasCidrs()) {
      return new PartnerExplanation(
          partner, null, List.of(), asOf == null ? null : LocalDate.ofEpochDay(asOf), days);
    }
    return new PartnerExplanation(
        partner,
        learning(timeline.known(asOf, partner, settings.drift()), settings),
        networks(partner, pages, asOf, timeline, settings),
        LocalDate.ofEpochDay(asOf),
        days);
  }

  private static Learning learning(Known known, RuleSettings settings) {
    Integer completed = known.completed();
    return new Learning(
        completed == null ? null : LocalDate.ofEpochDay(completed),
        known.days(),
        settings.drift().learningDays(),
        known.minutes(),
        settings.drift().learningMinutes());
  }

  private static Day day(
      Partner partner,
      int day,
      PartnerDay page,
      PartnerTimeline timeline,
      PartnerDrift rule,
      DriftGates gates) {
    List<Judged> judged = new ArrayList<>();
    for (PartnerUse use : page.getUses()) {
      Judgement judgement = rule.judge(use, day, timeline, partner);
      NetworkKey network = NetworkKey.of(use.getSpot());
      Known known = judgement.known();
      judged.add(
          new Judged(
              use,
              network.text(),
              BitSet.valueOf(use.getMinutes()).cardinality(),
              judgement.minutes().cardinality(),
              known == null ? null : known.why(network),
              gates.of(judgement, partner),
              conclusion(judgement)));
    }
    judged.sort(
        Comparator.comparing((Judged one) -> !one.conclusion().fires())
            .thenComparing(
                one -> one.conclusion().severity(), Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(one -> one.use().getFirst().getEventAt())
            .thenComparing(one -> one.use().getSpot().getPrefix()));
    return new Day(LocalDate.ofEpochDay(day), page.getOverflow(), judged);
  }

  private static Conclusion conclusion(Judgement judgement) {
    String gate = judgement.gate();
    String reason = judgement.reason();
    return new Conclusion(reason, judgement.severity(), gate == null ? List.of() : List.of(gate));
  }

  private static List<NetworkKnown> networks(
      Partner partner,
      NavigableMap<Integer, PartnerDay> pages,
      int asOf,
      PartnerTimeline timeline,
      RuleSettings settings) {
    Map<NetworkKey, TreeMap<Integer, String>> seen = new LinkedHashMap<>();
    pages
        .headMap(asOf, true)
        .forEach(
            (day, page) ->
                page.getUses()
                    .forEach(
                        use ->
                            seen.computeIfAbsent(
                                    NetworkKey.of(use.getSpot()), key -> new TreeMap<>())
                                .merge(
                                    day,
                                    Objects.requireNonNullElse(use.getSpot().getOrganisation(), ""),
                                    (one, other) -> one)));
    Map<NetworkKey, Integer> since = new HashMap<>();
    if (!pages.isEmpty()) {
      int last = Math.min(asOf, pages.lastKey() + settings.drift().windowDays() + 3);
      for (int day = pages.firstKey(); day <= last; day++) {
        Known known = timeline.known(day, partner, settings.drift());
        for (NetworkKey network : seen.keySet()) {
          if (!known.learned() || known.why(network) == null) {
            since.remove(network);
          } else {
            since.putIfAbsent(network, day);
          }
        }
      }
    }
    Known known = timeline.known(asOf, partner, settings.drift());
    List<NetworkKnown> networks = new ArrayList<>();
    seen.forEach(
        (network, days) -> {
          Integer from = since.get(network);
          String organisation = days.firstEntry().getValue();
          networks.add(
              new NetworkKnown(
                  network.text(),
                  organisation.isEmpty() ? null : organisation,
                  from == null ? null : known.why(network),
                  from == null ? null : LocalDate.ofEpochDay(from),
                  LocalDate.ofEpochDay(days.firstKey()),
                  LocalDate.ofEpochDay(days.lastKey()),
                  known.recent().getOrDefault(network, 0),
                  settings.drift().knownDays(),
                  known.telling().contains(network)));
        });
    networks.sort(
        Comparator.comparing((NetworkKnown one) -> one.why() == null)
            .thenComparing(NetworkKnown::firstSeen)
            .thenComparing(NetworkKnown::network));
    return networks;
  }
}
