package dev.lockstep.detections;

import dev.lockstep.detections.DayPage.Standing;
import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.StandingTravel;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code impossible-travel} keeps of a principal, and what becomes of it with one more
 * observation.
 *
 * <h2>Why a day is judged again</h2>
 *
 * An observation can add pairs to its own day and to the next. If it is the first at its place on
 * its day, or if a finding comes or goes, then the commutes that later days read have changed too:
 * these are judged again, in their order, so that what stands is what the whole set of observations
 * gives, in whatever order it came. Otherwise only the findings are worked out that the observation
 * has a part in.
 *
 * <h2>When there is too much</h2>
 *
 * Of a day, so many {@link Stays} are kept, and so many findings are opened. An observation whose
 * kind is not kept is compared once, with what is. Where stays have gone, no finding is retracted
 * or lowered for want of evidence: only a commute that becomes known can still quiet it. Such a
 * day, and the next, teach no commute.
 */
final class TravelBook {
  /** The state of one principal. */
  interface Pages {
    @Nullable PrincipalDay day(int day);

    void write(int day, PrincipalDay page);

    @Nullable PrincipalProfile profile();

    void write(PrincipalProfile profile);
  }

  private final ImpossibleTravel rule;
  private final TravelFindings findings;
  private final Stays stays;
  private final TravelVisit.Opened opened;
  private final int mostFindings;

  TravelBook(RuleSettings settings) {
    this(settings, Expected.NOTHING);
  }

  TravelBook(RuleSettings settings, Expected expected) {
    this.rule = new ImpossibleTravel(settings.travel());
    this.findings = new TravelFindings(settings.travel(), settings.setCap(), expected);
    this.stays = new Stays(settings.travel().stayGapMillis(), settings.setCap());
    this.opened = new TravelVisit.Opened(settings.setCap());
    this.mostFindings = settings.setCap();
  }

  /** What one observation is worked into. */
  private record Case(Principal principal, TravelVisit visit, Consumer<Contribution> out) {}

  /** Notes an observation without a place: a history, and nothing to compare. */
  void observeWithoutPlace(
      Principal principal, long eventAt, Pages pages, Consumer<Contribution> out) {
    TravelVisit visit = new TravelVisit(pages, opened);
    Commutes.Noted noted = visit.commutes().seen(PlaceKey.NOWHERE, Days.of(eventAt));
    if (noted.changed()) {
      visit.commutesChanged();
      visit.changed(visit.dayOrNew(Days.of(eventAt))); // what is kept goes with its last day
      judgeAgain(new Case(principal, visit, out), new TreeSet<>(noted.readers()));
      visit.write();
    }
  }

  /** Notes an observation with a place, and gives out every finding that it changes. */
  void observe(
      Principal principal, Stay observation, Pages pages, Tally tally, Consumer<Contribution> out) {
    int day = Days.of(observation.getFirst().getEventAt());
    TravelVisit visit = new TravelVisit(pages, opened);
    Case here = new Case(principal, visit, out);
    DayPage page = visit.dayOrNew(day);
    boolean named = page.nameAs(principal.getName());
    int before = page.stays().size();
    Stays.Put put = stays.put(page, observation);
    PlaceKey place = put.held().place();
    if (put.changed() || named) {
      visit.changed(page);
    }
    TreeSet<Integer> whole = new TreeSet<>();
    // What stays where a stay was is no new place.
    if (!put.kept() || (page.stays().size() > before && isFirstAt(place, put.held(), page))) {
      notePlace(here, place, day, whole);
    }
    boolean tooMany = put.kept() && put.changed() && stays.tooMany(page);
    if (tooMany && !page.hasLostStays()) {
      page.losing();
      visit.changed(page);
      sayOverflow(here, day, whole);
    }
    if (put.moved()) {
      firingWith(put, page, visit, tally)
          .forEach(
              (finding, fired) -> {
                if (!whole.contains(finding.day())) {
                  judge(here, finding, fired, put.kept(), whole);
                }
              });
    }
    judgeAgain(here, whole);
    if (tooMany) {
      stays.letGo(page);
      visit.changed(page);
    }
    visit.write();
  }

  private static boolean isFirstAt(PlaceKey place, Held held, DayPage page) {
    for (Held other : page.stays()) {
      if (other != held && other.place().equals(place)) {
        return false;
      }
    }
    return true;
  }

  private static void notePlace(Case here, PlaceKey place, int day, NavigableSet<Integer> whole) {
    Commutes.Noted noted = here.visit().commutes().seen(place, day);
    if (noted.changed()) {
      whole.addAll(noted.readers());
      here.visit().commutesChanged();
    }
    DayPage yesterday = here.visit().day(day - 1);
    if (yesterday != null && yesterday.hasLostStays()) {
      silence(here, day, true, whole);
    }
  }

  /** The day and the next, whose findings may miss evidence now, say so once. */
  private static void sayOverflow(Case here, int day, NavigableSet<Integer> whole) {
    for (int affected = day; affected <= day + 1; affected++) {
      if (here.visit().day(affected) != null) {
        silence(here, affected, true, whole);
        whole.add(affected);
      }
    }
  }

  private static void silence(Case here, int day, boolean silent, NavigableSet<Integer> readers) {
    Commutes commutes = here.visit().commutes();
    if (commutes.silence(day, silent)) {
      here.visit().commutesChanged();
      readers.addAll(commutes.daysThatRead(day));
    }
  }

  /** Returns the pairs with a stay that fire, by finding; counts what is quiet. */
  private Map<Standing, List<Comparison>> firingWith(
      Stays.Put put, DayPage page, TravelVisit visit, Tally tally) {
    Map<Standing, List<Comparison>> fired = new TreeMap<>(Standing.ORDER);
    Held moved = put.held();
    for (int other = page.day() - 1; other <= page.day() + 1; other++) {
      DayPage otherPage = visit.day(other);
      if (otherPage == null) {
        continue;
      }
      DayPage later = other > page.day() ? otherPage : page;
      Map<PlaceKey, Boolean> settled = new HashMap<>();
      for (Held held : otherPage.stays()) {
        if (held == moved
            || !rule.mayBeFast(moved, held)
            || (!put.kept()
                && settled.computeIfAbsent(
                    held.place(), place -> isSettled(moved.place(), place, later)))) {
          continue;
        }
        Comparison comparison = rule.compare(moved.stay(), held.stay(), visit);
        if (comparison == null || !comparison.fast()) {
          continue;
        }
        if (comparison.fires()) {
          fired
              .computeIfAbsent(
                  Standing.of(later.day(), moved.place(), held.place()), key -> new ArrayList<>())
              .add(comparison);
        } else {
          comparison.quietBy().forEach(gate -> tally.gate(ImpossibleTravel.ID, gate));
        }
      }
    }
    return fired;
  }

  /** Returns whether a pair of places can gain nothing from an observation that is not kept. */
  private boolean isSettled(PlaceKey one, PlaceKey other, DayPage later) {
    StandingTravel stood = later.standing(Standing.of(later.day(), one, other));
    return stood == null
        ? later.overflow() && later.findingsStanding() >= mostFindings
        : stood.getSeverity() == Severity.High;
  }

  /**
   * Judges one finding, of which some pairs are new or changed.
   *
   * @param kept whether the stay that they have in common is kept
   * @param readers takes the days that read what changed by it
   */
  private void judge(
      Case here,
      Standing finding,
      List<Comparison> moved,
      boolean kept,
      NavigableSet<Integer> readers) {
    TravelVisit visit = here.visit();
    DayPage today = visit.dayOrNew(finding.day());
    StandingTravel stood = today.standing(finding);
    if (stood == null && today.findingsStanding() >= mostFindings) {
      if (!today.overflow()) {
        today.overflow(true);
        visit.changed(today);
        readers.add(finding.day()); // all of its findings say so
      }
      silence(here, finding.day(), true, readers);
      return;
    }
    if (!kept && stood != null && moved.stream().noneMatch(pair -> raises(pair, stood))) {
      return;
    }
    List<Comparison> fired = new ArrayList<>();
    if (!kept || findings.saturated(stood)) {
      fired.addAll(moved);
    }
    if (!findings.saturated(stood)) {
      Pairs pairs = new Pairs(finding.day(), today, visit.day(finding.day() - 1));
      fired.addAll(pairs.firing(finding, rule, visit));
    }
    say(here, finding, fired, today);
    if (stood == null && visit.commutes().found(finding.day(), today.placesFound())) {
      visit.commutesChanged();
      readers.addAll(visit.commutes().daysThatRead(finding.day()));
    }
  }

  private static boolean raises(Comparison pair, StandingTravel stood) {
    return pair.severity().compareTo(stood.getSeverity()) > 0;
  }

  private void say(Case here, Standing finding, List<Comparison> fired, DayPage today) {
    TravelVisit visit = here.visit();
    DayPage yesterday = visit.day(finding.day() - 1);
    StandingTravel stood = today.standing(finding);
    TravelFindings.Said said =
        findings.finding(
            named(here.principal(), today, yesterday),
            finding,
            fired,
            visit.commutes().coldStart(finding.day()),
            today.overflow() || (yesterday != null && yesterday.hasLostStays()),
            stood);
    here.out().accept(said.contribution());
    if (!said.remembered().equals(stood)) {
      today.stand(finding, said.remembered());
      visit.changed(today);
    }
  }

  /**
   * Judges days whole, and those that read them, in order. A day whose findings change changes the
   * commutes of the days that read it.
   */
  private void judgeAgain(Case here, NavigableSet<Integer> days) {
    for (Integer day = days.pollFirst(); day != null; day = days.pollFirst()) {
      judgeWhole(here, day, days);
    }
  }

  private void judgeWhole(Case here, int day, NavigableSet<Integer> readers) {
    TravelVisit visit = here.visit();
    DayPage today = visit.day(day);
    if (today == null) {
      return;
    }
    DayPage yesterday = visit.day(day - 1);
    boolean lost = today.hasLostStays() || (yesterday != null && yesterday.hasLostStays());
    Map<Standing, List<Comparison>> fired = new Pairs(day, today, yesterday).firing(rule, visit);
    Set<Standing> stood = today.findings();
    List<Standing> fallen =
        stood.stream()
            .filter(finding -> !fired.containsKey(finding))
            .filter(finding -> !lost || rule.isCommute(finding.one(), finding.other(), day, visit))
            .sorted(Standing.ORDER)
            .toList();
    int room = mostFindings - (stood.size() - fallen.size());
    List<Standing> fresh = fired.keySet().stream().filter(each -> !stood.contains(each)).toList();
    boolean tooMany = fresh.size() > room;
    if (tooMany) {
      List<Standing> first =
          fresh.stream().sorted(Comparator.comparing(each -> id(here, each))).toList();
      fired.keySet().removeAll(first.subList(room, first.size()));
    }
    boolean overflow = today.hasLostStays() || tooMany;
    if (overflow != today.overflow()) {
      today.overflow(overflow);
      visit.changed(today);
    }
    fired.forEach((finding, pairs) -> say(here, finding, pairs, today));
    for (Standing finding : fallen) {
      here.out().accept(Findings.withdrawal(RuleInfo.IMPOSSIBLE_TRAVEL, id(here, finding)));
    }
    if (!fallen.isEmpty()) {
      today.fall(fallen);
      visit.changed(today);
    }
    silence(here, day, lost || tooMany, readers);
    if (visit.commutes().found(day, today.placesFound())) {
      visit.commutesChanged();
      readers.addAll(visit.commutes().daysThatRead(day));
    }
  }

  private static String id(Case here, Standing finding) {
    return TravelFindings.id(here.principal().getId(), finding);
  }

  private static Principal named(Principal principal, DayPage today, @Nullable DayPage yesterday) {
    String name = today.name();
    if (name == null && yesterday != null) {
      name = yesterday.name();
    }
    return new Principal(
        principal.getId(), name == null ? principal.getName() : name, principal.getType());
  }
}
