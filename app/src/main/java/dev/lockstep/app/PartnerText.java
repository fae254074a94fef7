package dev.lockstep.app;

import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.PartnerExplanation;
import dev.lockstep.detections.PartnerExplanation.Day;
import dev.lockstep.detections.PartnerExplanation.Judged;
import dev.lockstep.detections.PartnerExplanation.Learning;
import dev.lockstep.detections.PartnerExplanation.NetworkKnown;
import dev.lockstep.detections.Witness;
import dev.lockstep.enrichment.ChangeWindow;
import dev.lockstep.enrichment.KnownNetwork;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PartnerUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** What {@code partner-ip-drift} knew of a partner and made of its calls, as text. */
final class PartnerText {
  private static final int MOST_DAYS = 5;
  private static final int MOST_BRIEF = 40;
  private static final int MOST_JUDGED = 10;
  private static final int MOST_NETWORKS = 30;

  private final Lines lines;
  private final ExplainScope scope;

  PartnerText(Lines lines, ExplainScope scope) {
    this.lines = lines;
    this.scope = scope;
  }

  void print(PartnerExplanation explained, Witness witness) {
    Partner partner = explained.partner();
    lines.heading(
        "WHAT IS KNOWN" + (explained.asOf() == null ? "" : ", for calls of " + explained.asOf()));
    if (partner.hasCidrs()) {
      declared(partner, witness);
    } else {
      learned(explained);
    }
    for (ChangeWindow window : partner.changeWindows()) {
      lines.text(
          2,
          "change window "
              + Wording.datedSpan(window.from(), window.to())
              + (window.note() == null ? "" : ": " + window.note()));
    }
    lines.heading("PARTNER IP DRIFT");
    days(explained.days());
  }

  private void declared(Partner partner, Witness witness) {
    lines.text(2, "Ranges are declared: nothing else is allowed, and nothing is learned.");
    for (String range : partner.cidrs()) {
      lines.labelled(
          2,
          range,
          24,
          witness.declaredSeen().contains(range)
              ? "accepted calls came from it"
              : "NEVER SEEN in what was read: is it still needed?");
    }
  }

  private void learned(PartnerExplanation explained) {
    Learning learning = explained.learning();
    if (learning == null) {
      lines.text(2, "No accepted call was read: nothing is learned yet.");
    } else {
      lines.text(
          2,
          (learning.completedOn() == null
                  ? "Learning goes on, whatever the registry names: "
                  : "Learning was complete on " + learning.completedOn() + ": ")
              + learning.days()
              + " of "
              + learning.needsDays()
              + " closed days with calls, "
              + learning.minutes()
              + " of "
              + learning.needsMinutes()
              + " minutes.");
    }
    for (KnownNetwork named : explained.partner().networks()) {
      lines.labelled(
          2,
          "AS" + named.asn() + "/" + (named.country() == null ? "any" : named.country()),
          18,
          "named in the registry");
    }
    List<NetworkKnown> networks = explained.networks();
    int shown = scope.all() ? networks.size() : Math.min(MOST_NETWORKS, networks.size());
    for (NetworkKnown network : networks.subList(0, shown)) {
      lines.labelled(2, network.network(), 18, network(network));
    }
    if (shown < networks.size()) {
      lines.text(2, "and " + (networks.size() - shown) + " more; --all lists them");
    }
  }

  private static String network(NetworkKnown network) {
    String seen =
        (network.organisation() == null ? "" : network.organisation() + "; ")
            + "seen from "
            + network.firstSeen()
            + (network.lastSeen().equals(network.firstSeen()) ? "" : " to " + network.lastSeen());
    if (network.why() != null) {
      return "known since " + network.since() + ", " + network.why() + "; " + seen;
    }
    return "not known: seen on "
        + network.closedDays()
        + " of "
        + network.needsDays()
        + " closed days"
        + (network.kept() ? ", and a finding keeps it from being learned" : "")
        + "; "
        + seen;
  }

  private void days(List<Day> days) {
    if (days.isEmpty()) {
      lines.text(2, "No accepted call with a known address.");
    }
    int whole = 0;
    int brief = 0;
    int leftOut = 0;
    for (Day day : days) {
      if (!scope.includes(day.date())) {
        continue;
      }
      boolean telling = day.judged().stream().anyMatch(PartnerText::telling);
      if (scope.wide() || (telling && whole < MOST_DAYS)) {
        whole++;
        day(day);
      } else if (brief < MOST_BRIEF) {
        brief++;
        lines.labelled(2, day.date().toString(), 12, summary(day));
      } else {
        leftOut++;
      }
    }
    if (leftOut > 0) {
      lines.text(2, "and " + Wording.count(leftOut, "earlier day") + "; --at DAY shows one");
    }
    if (!days.isEmpty() && whole + brief == 0) {
      lines.text(
          2,
          "No such call on that day; there are on "
              + Wording.days(days.stream().map(Day::date).sorted().toList()));
    }
  }

  /** Returns whether more than the usual is to be said: it fired, or would have but for a gate. */
  private static boolean telling(Judged one) {
    return one.conclusion().fires() || one.conclusion().quietBy().contains("change-window");
  }

  private static String summary(Day day) {
    TreeMap<String, Integer> words = new TreeMap<>();
    for (Judged one : day.judged()) {
      Conclusion conclusion = one.conclusion();
      words.merge(
          conclusion.fires()
              ? "fires " + conclusion.reason()
              : "quiet by " + String.join(", ", conclusion.quietBy()),
          one.minutes(),
          Integer::sum);
    }
    List<String> parts = new ArrayList<>();
    words.forEach((word, minutes) -> parts.add(Wording.count(minutes, "minute") + " " + word));
    return String.join("; ", parts)
        + (day.overflow() ? "; the day is full, some calls are not kept" : "");
  }

  private void day(Day day) {
    lines.blank();
    lines.labelled(2, day.date().toString(), 12, summary(day));
    int shown = scope.all() ? day.judged().size() : Math.min(MOST_JUDGED, day.judged().size());
    List<Judged> judged = new ArrayList<>(day.judged());
    if (scope.minute() != null) {
      judged.sort(
          Comparator.comparingLong(
              one -> scope.millisFrom(one.use().getFirst(), one.use().getLast())));
    }
    for (Judged one : judged.subList(0, shown)) {
      judged(one);
    }
    if (shown < day.judged().size()) {
      lines.text(4, "and " + (day.judged().size() - shown) + " more; --all lists them");
    }
  }

  private void judged(Judged one) {
    PartnerUse use = one.use();
    Conclusion conclusion = one.conclusion();
    lines.blank();
    String verdict =
        conclusion.fires()
            ? "FIRES, "
                + Wording.upper(Objects.requireNonNull(conclusion.severity()))
                + ": "
                + conclusion.reason()
                + (one.fired() < one.minutes()
                    ? " (" + one.fired() + " of " + Wording.count(one.minutes(), "minute") + ")"
                    : "")
            : "quiet by " + String.join(", ", conclusion.quietBy());
    lines.text(4, verdict);
    lines.text(
        6,
        Wording.span(use.getFirst().getEventAt(), use.getLast().getEventAt())
            + "  "
            + use.getSpot().getAddress()
            + ", "
            + Wording.network(use.getSpot())
            + "; "
            + Wording.count(one.minutes(), "minute")
            + " with calls");
    for (GateChecked gate : one.gates()) {
      GateLine.print(lines, 6, gate, words(gate));
    }
  }

  private static String words(GateChecked gate) {
    return switch (gate.getGate()) {
      case "declared" ->
          gate.getVerdict().equals("quiet")
              ? "inside a declared range"
              : "outside all " + Wording.number(Wording.number(gate, "declaredRanges"));
      case "learning" ->
          Wording.number(Wording.number(gate, "days"))
              + " of "
              + Wording.number(Wording.number(gate, "needsDays"))
              + " closed days, "
              + Wording.number(Wording.number(gate, "minutes"))
              + " of "
              + Wording.number(Wording.number(gate, "needsMinutes"))
              + " minutes";
      case "known-network" ->
          Wording.word(gate, "network")
              + (Wording.word(gate, "known").equals("no")
                  ? ": not known, seen on "
                      + Wording.number(Wording.number(gate, "closedDays"))
                      + " of "
                      + Wording.number(Wording.number(gate, "needsDays"))
                      + " closed days"
                  : ": " + Wording.word(gate, "known"));
      case "no-network" ->
          gate.getVerdict().equals("quiet") ? "neither network nor country is known" : "";
      case "change-window" ->
          gate.getVerdict().equals("passed")
              ? ""
              : Wording.word(gate, "when").isEmpty()
                  ? "inside one"
                  : "one has just ended: until what was seen in it is known";
      case "new-country" ->
          Wording.word(gate, "country")
              + (gate.getVerdict().equals("passed") ? "" : ", and no known network is there");
      case "hosting" -> "class " + Wording.word(gate, "class");
      case "shared-key" ->
          gate.getVerdict().equals("raised") ? "a known network called within an hour" : "";
      default -> Wording.numbers(gate);
    };
  }
}
