package dev.lockstep.app;

import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.TravelExplanation;
import dev.lockstep.detections.TravelExplanation.Day;
import dev.lockstep.detections.TravelExplanation.Pair;
import dev.lockstep.detections.TravelExplanation.PlaceKnown;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Stay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What {@code impossible-travel} compared of a principal, as text. */
final class TravelText {
  private static final int MOST_DAYS = 5;
  private static final int MOST_PAIRS = 6;
  private static final int MOST_ALIKE = 2;
  private static final int MOST_STAYS = 12;
  private static final int MOST_PLACES = 12;

  private final Lines lines;
  private final ExplainScope scope;
  private final StayLabels labels;

  TravelText(Lines lines, ExplainScope scope, TravelExplanation travel) {
    this.lines = lines;
    this.scope = scope;
    this.labels = new StayLabels(travel);
  }

  void print(TravelExplanation travel) {
    lines.heading("IMPOSSIBLE TRAVEL");
    if (travel.days().isEmpty()) {
      lines.text(2, "Nothing to compare: no observation with a place.");
    }
    int whole = 0;
    int brief = 0;
    int leftOut = 0;
    for (Day day : travel.days()) {
      if (!scope.includes(day.date())) {
        continue;
      }
      boolean telling = day.pairs().stream().anyMatch(TravelText::telling);
      if (scope.wide() || (telling && whole < MOST_DAYS)) {
        whole++;
        day(day);
      } else if (brief < 10 * MOST_DAYS) {
        brief++;
        lines.labelled(2, day.date().toString(), 12, summary(day));
      } else {
        leftOut++;
      }
    }
    if (leftOut > 0) {
      lines.text(2, "and " + Wording.count(leftOut, "earlier day") + "; --at DAY shows one");
    }
    if (!travel.days().isEmpty() && whole + brief + leftOut == 0) {
      lines.text(
          2,
          "Nothing on that day; there is on "
              + Wording.days(travel.days().stream().map(Day::date).sorted().toList()));
    }
    places(travel.places());
  }

  private void day(Day day) {
    lines.blank();
    lines.labelled(2, day.date().toString(), 12, summary(day));
    List<Pair> pairs = shown(day);
    stays(day, pairs);
    pairs.forEach(pair -> pair(pair, day));
    leftOut(day, pairs);
  }

  /** Lists the stays of the pairs shown, and others as far as there is room, in order of time. */
  private void stays(Day day, List<Pair> pairs) {
    Set<Stay> listed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Pair pair : pairs) {
      listed.add(pair.earlier());
      listed.add(pair.later());
    }
    for (Stay stay : day.stays()) {
      if (scope.all() || listed.size() < MOST_STAYS) {
        listed.add(stay);
      }
    }
    int others = 0;
    for (Stay stay : day.stays()) {
      if (listed.contains(stay)) {
        lines.labelled(4, labels.of(stay, day.date()), 3, stay(stay));
      } else {
        others++;
      }
    }
    if (others > 0) {
      lines.text(4, "and " + Wording.count(others, "more stay") + "; --all lists them");
    }
  }

  /** Returns the pairs to show: of those that the same gates keep quiet, the first few. */
  private List<Pair> shown(Day day) {
    List<Pair> pairs = new ArrayList<>(day.pairs());
    if (scope.minute() != null) {
      pairs.sort(Comparator.comparingLong(this::millisFrom));
    }
    if (scope.all()) {
      return pairs;
    }
    Map<List<String>, Integer> alike = new HashMap<>();
    List<Pair> shown = new ArrayList<>();
    for (Pair pair : pairs) {
      int most = pair.conclusion().fires() || scope.minute() != null ? MOST_PAIRS : MOST_ALIKE;
      if (telling(pair) && alike.merge(pair.conclusion().quietBy(), 1, Integer::sum) <= most) {
        shown.add(pair);
      }
    }
    return shown;
  }

  /** Says what was left out: alike pairs by what decided, and those that are none. */
  private void leftOut(Day day, List<Pair> shown) {
    if (scope.all()) {
      return;
    }
    Map<String, Integer> more = new TreeMap<>();
    for (Pair pair : day.pairs()) {
      if (telling(pair) && !shown.contains(pair)) {
        more.merge(
            pair.conclusion().fires()
                ? "that fire"
                : "quiet by " + String.join(", ", pair.conclusion().quietBy()),
            1,
            Integer::sum);
      }
    }
    List<String> parts = new ArrayList<>();
    more.forEach((what, number) -> parts.add(number + " more " + what));
    parts.addAll(slow(day));
    if (!parts.isEmpty()) {
      lines.blank();
      lines.text(4, "Other pairs: " + String.join("; ", parts) + ". --all lists them.");
    }
  }

  private long millisFrom(Pair pair) {
    return Math.min(
        scope.millisFrom(pair.earlier().getFirst(), pair.earlier().getLast()),
        scope.millisFrom(pair.later().getFirst(), pair.later().getLast()));
  }

  private static boolean telling(Pair pair) {
    return pair.conclusion().fires() || !slowBy(pair.conclusion());
  }

  private static boolean slowBy(Conclusion conclusion) {
    String decider = conclusion.quietBy().get(0);
    return decider.equals("distance") || decider.equals("speed") || decider.equals("time");
  }

  private static String summary(Day day) {
    List<String> parts = new ArrayList<>();
    parts.add(Wording.count(day.stays().size(), "stay"));
    int pairs = day.decided().values().stream().mapToInt(Integer::intValue).sum();
    parts.add(Wording.count(pairs, "pair"));
    day.decided()
        .forEach(
            (word, number) ->
                parts.add(
                    number
                        + switch (word) {
                          case "fires" -> number == 1 ? " fires" : " fire";
                          case "distance" -> " too near";
                          case "speed" -> " slow enough";
                          case "time" -> " too long apart";
                          case "same-address" -> " of one address";
                          default -> " quiet by " + word;
                        }));
    String text = parts.get(0) + ", " + parts.get(1);
    if (parts.size() > 2) {
      text += ": " + String.join(", ", parts.subList(2, parts.size()));
    }
    if (day.coldStart()) {
      text += "; cold start: nothing seen from 30 to 2 days before";
    }
    return day.overflow() ? text + "; the day is full, some stays are not kept" : text;
  }

  private static String stay(Stay stay) {
    List<String> what = new ArrayList<>();
    what.add(
        stay.getApiCall() ? "API call" : stay.getInteractive() ? "interactive sign-in" : "sign-in");
    if (!stay.getApiCall() && stay.getSingleFactor()) {
      what.add("single factor");
    }
    String device = stay.getDeviceId();
    what.add(
        (device == null ? "no device id" : "device " + device)
            + (stay.getTrustedDevice() ? ", managed or compliant" : ""));
    return Wording.span(stay.getFirst().getEventAt(), stay.getLast().getEventAt())
        + "  "
        + Wording.placed(stay.getSpot().getPlace())
        + "; "
        + stay.getSpot().getAddress()
        + ", "
        + Wording.network(stay.getSpot())
        + "; "
        + String.join(", ", what);
  }

  private void pair(Pair pair, Day day) {
    lines.blank();
    Conclusion conclusion = pair.conclusion();
    String verdict;
    if (conclusion.fires()) {
      Severity severity = Objects.requireNonNull(conclusion.severity());
      verdict = "FIRES, " + Wording.upper(severity) + ": " + conclusion.reason();
    } else if (slowBy(conclusion)) {
      verdict = "no pair: " + slow(conclusion.quietBy().get(0));
    } else {
      verdict = "quiet by " + String.join(", ", conclusion.quietBy());
    }
    lines.labelled(
        4,
        labels.of(pair.earlier(), day.date()) + " and " + labels.of(pair.later(), day.date()),
        9,
        verdict);
    lines.text(
        6,
        Wording.place(pair.earlier().getSpot().getPlace())
            + " until "
            + Wording.time(pair.earlier().getLast().getEventAt())
            + ", "
            + Wording.place(pair.later().getSpot().getPlace())
            + " from "
            + Wording.time(pair.later().getFirst().getEventAt()));
    for (GateChecked gate : pair.gates()) {
      GateLine.print(lines, 6, gate, words(gate, pair, day.date()));
    }
  }

  private static String slow(String decider) {
    return switch (decider) {
      case "distance" -> "too near";
      case "time" -> "too long apart";
      default -> "slow enough to travel";
    };
  }

  private static String words(GateChecked gate, Pair pair, LocalDate date) {
    if (gate.getVerdict().equals("not reached")) {
      return "";
    }
    return switch (gate.getGate()) {
      case "distance" ->
          Wording.number(Wording.number(gate, "effectiveKm"))
              + " km effective ("
              + Wording.number(Wording.number(gate, "distanceKm"))
              + " less the radii); fires from "
              + Wording.number(Wording.number(gate, "limitKm"));
      case "time" ->
          Wording.number(gate, "hoursBetween")
              + " h apart; compared up to "
              + Wording.number(Wording.number(gate, "limitHours"))
              + " h";
      case "speed" ->
          (pair.overlap()
                  ? "both at once"
                  : Wording.length(pair.gapMillis())
                      + " between, "
                      + Wording.number(Wording.number(gate, "speedKmh"))
                      + " km/h")
              + "; fires from "
              + Wording.number(Wording.number(gate, "limitKmh"));
      case "corporate-egress", "backend" ->
          "class "
              + Wording.word(gate, "earlierClass")
              + " and "
              + Wording.word(gate, "laterClass");
      case "same-device" ->
          Wording.word(gate, "earlierDevice") + " and " + Wording.word(gate, "laterDevice");
      case "same-network" ->
          Wording.word(gate, "earlierNetwork") + " and " + Wording.word(gate, "laterNetwork");
      case "known-commute" ->
          Wording.place(pair.earlier().getSpot().getPlace())
              + " on "
              + Wording.number(Wording.number(gate, "earlierDays"))
              + ", "
              + Wording.place(pair.later().getSpot().getPlace())
              + " on "
              + Wording.number(Wording.number(gate, "laterDays"))
              + " of the days "
              + date.minusDays(30)
              + " to "
              + date.minusDays(2)
              + "; quiet from "
              + Wording.number(Wording.number(gate, "limitDays"))
              + " each";
      case "api-call" -> "one side is an API call";
      case "single-factor-unmanaged" ->
          "a later interactive sign-in with a single factor, device neither managed nor compliant";
      case "vague-network" -> "one side is " + Wording.word(gate, "class");
      default -> Wording.numbers(gate);
    };
  }

  /** Returns what to say of pairs that are none: each kind with the one that came nearest. */
  private static List<String> slow(Day day) {
    List<String> parts = new ArrayList<>();
    for (String decider : List.of("distance", "speed", "time")) {
      List<Pair> pairs =
          day.pairs().stream()
              .filter(pair -> pair.conclusion().quietBy().contains(decider))
              .toList();
      if (pairs.isEmpty()) {
        continue;
      }
      parts.add(
          switch (decider) {
            case "distance" ->
                pairs.size()
                    + " too near, at most "
                    + Wording.number(
                        Math.rint(pairs.stream().mapToDouble(Pair::effectiveKm).max().orElse(0)))
                    + " km effective";
            case "speed" ->
                pairs.size()
                    + " slow enough, at most "
                    + Wording.number(
                        Math.rint(pairs.stream().mapToDouble(Pair::speedKmh).max().orElse(0)))
                    + " km/h";
            default ->
                String.format(
                    Locale.ROOT,
                    "%d more than a day apart, at least %s",
                    pairs.size(),
                    Wording.length(pairs.stream().mapToLong(Pair::gapMillis).min().orElse(0)));
          });
    }
    return parts;
  }

  private void places(List<PlaceKnown> places) {
    if (places.isEmpty()) {
      return;
    }
    lines.heading("PLACES, and the days on which it was there (D-30 to D-2 count for day D)");
    for (PlaceKnown place : places.subList(0, Math.min(MOST_PLACES, places.size()))) {
      lines.labelled(
          2,
          place.place(),
          24,
          Wording.count(place.days().size(), "day") + ": " + Wording.days(place.days()));
      if (!place.notCounted().isEmpty()) {
        lines.labelled(
            2, "", 24, "do not count, since a finding stands: " + Wording.days(place.notCounted()));
      }
    }
    if (places.size() > MOST_PLACES) {
      lines.text(2, "and " + (places.size() - MOST_PLACES) + " more");
    }
  }
}
