package dev.lockstep.detections;

import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalDay;
import dev.lockstep.schemas.PrincipalProfile;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
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
 * gives, in whatever order it came.
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
  private final int mostPlaces;

  TravelBook(RuleSettings settings) {
    this(settings, Expected.NOTHING);
  }

  TravelBook(RuleSettings settings, Expected expected) {
    this.rule = new ImpossibleTravel(settings.travel());
    this.findings = new TravelFindings(settings.travel(), settings.setCap(), expected);
    this.stays = new Stays(settings.travel().stayGapMillis(), settings.setCap());
    this.mostPlaces = settings.setCap();
  }

  /** Notes an observation without a place: a history, and nothing to compare. */
  void observeWithoutPlace(
      Principal principal, long eventAt, Pages pages, Consumer<Contribution> out) {
    int day = Days.of(eventAt);
    Commutes commutes = commutes(pages);
    Commutes.Seen seen = commutes.seen(PlaceKey.NOWHERE, day);
    if (seen.changed()) {
      judgeAgain(principal, seen.readers(), commutes, pages, out);
      pages.write(commutes.profile());
    }
  }

  /** Notes an observation with a place, and gives out every finding that it changes. */
  void observe(
      Principal principal, Stay observation, Pages pages, Tally tally, Consumer<Contribution> out) {
    int day = Days.of(observation.getFirst().getEventAt());
    PrincipalDay page = pages.day(day);
    if (page == null) {
      page = new PrincipalDay(null, new ArrayList<>(2), false);
    }
    PlaceKey place = PlaceKey.of(Objects.requireNonNull(observation.getSpot().getPlace()));
    boolean placeKnownToday =
        page.getStays().stream()
            .anyMatch(
                stay ->
                    PlaceKey.of(Objects.requireNonNull(stay.getSpot().getPlace())).equals(place));
    boolean named = nameAs(principal, page);
    Stays.Put put = stays.put(page, observation);
    if (put.changed() || named) {
      pages.write(day, page);
    }
    TreeSet<Integer> whole = new TreeSet<>();
    TreeSet<Integer> withMoved = new TreeSet<>();
    Commutes commutes = null;
    if (!placeKnownToday) {
      commutes = commutes(pages);
      Commutes.Seen seen = commutes.seen(place, day);
      if (seen.changed()) {
        whole.addAll(seen.readers());
        pages.write(commutes.profile());
      }
    }
    if (put.evicted()) {
      whole.add(day);
      whole.add(day + 1);
    }
    Stay moved = put.stay();
    if (moved != null && put.moved()) {
      LazyCommutes lazy = new LazyCommutes(pages, commutes);
      for (int other = day - 1; other <= day + 1; other++) {
        PrincipalDay otherPage = other == day ? page : pages.day(other);
        if (otherPage != null && anyFires(moved, otherPage.getStays(), lazy, tally)) {
          withMoved.add(Math.max(day, other));
        }
      }
      commutes = lazy.loaded();
    }
    withMoved.removeAll(whole);
    if (whole.isEmpty() && withMoved.isEmpty()) {
      return;
    }
    Commutes read = commutes == null ? commutes(pages) : commutes;
    boolean changed = false;
    for (int affected : withMoved) {
      if (judge(principal, affected, moved, read, pages, out)) {
        changed = true;
        whole.addAll(read.daysThatRead(affected));
      }
    }
    if (judgeAgain(principal, whole, read, pages, out) || changed) {
      pages.write(read.profile());
    }
  }

  private boolean anyFires(
      Stay moved, List<Stay> others, ImpossibleTravel.CommuteReader commutes, Tally tally) {
    boolean fires = false;
    for (Stay other : others) {
      Comparison comparison = other == moved ? null : rule.compare(moved, other, commutes);
      if (comparison == null || !comparison.fast()) {
        continue;
      }
      if (comparison.fires()) {
        fires = true;
      } else {
        comparison.quietBy().forEach(gate -> tally.gate(ImpossibleTravel.ID, gate));
      }
    }
    return fires;
  }

  /**
   * Judges days, and those that read them, in order; returns whether what stands changed. A day
   * whose findings change changes the commutes of the days that read it.
   */
  private boolean judgeAgain(
      Principal principal,
      NavigableSet<Integer> days,
      Commutes commutes,
      Pages pages,
      Consumer<Contribution> out) {
    boolean changed = false;
    TreeSet<Integer> waiting = new TreeSet<>(days);
    for (Integer day = waiting.pollFirst(); day != null; day = waiting.pollFirst()) {
      if (judge(principal, day, null, commutes, pages, out)) {
        changed = true;
        waiting.addAll(commutes.daysThatRead(day));
      }
    }
    return changed;
  }

  /**
   * Judges a day; returns whether what stands of it changed.
   *
   * @param moved the one stay that is new or reaches further since the day was judged last: only
   *     findings with it are worked out and said again; null judges the whole day
   */
  private boolean judge(
      Principal principal,
      int day,
      @Nullable Stay moved,
      Commutes commutes,
      Pages pages,
      Consumer<Contribution> out) {
    PrincipalDay today = pages.day(day);
    PrincipalDay yesterday = pages.day(day - 1);
    List<Commutes.Standing> stood = commutes.standingOn(day);
    Set<Commutes.Standing> standing = new TreeSet<>(Commutes.Standing.ORDER);
    Pairs pairs = new Pairs(day, today, yesterday);
    Map<Commutes.Standing, List<Comparison>> fired;
    if (moved == null) {
      fired = pairs.firing(rule, commutes, null);
    } else {
      fired = pairs.firing(rule, commutes, pairs.firingWith(moved, rule, commutes));
      standing.addAll(stood);
    }
    standing.addAll(fired.keySet());
    Principal named = named(principal, today, yesterday);
    boolean overflow =
        (today != null && today.getOverflow()) || (yesterday != null && yesterday.getOverflow());
    boolean coldStart = commutes.coldStart(day);
    fired.forEach(
        (finding, comparisons) ->
            out.accept(findings.finding(named, finding, comparisons, coldStart, overflow)));
    for (Commutes.Standing finding : stood) {
      if (!standing.contains(finding)) {
        out.accept(
            Findings.withdrawal(
                RuleInfo.IMPOSSIBLE_TRAVEL, TravelFindings.id(principal.getId(), finding)));
      }
    }
    if (standing.size() == stood.size() && standing.containsAll(stood)) {
      return false;
    }
    commutes.stand(day, List.copyOf(standing));
    return true;
  }

  /** Keeps the smallest name of the day, so that it does not hang on the order. */
  private static boolean nameAs(Principal principal, PrincipalDay page) {
    String name = principal.getName();
    if (name == null || (page.getName() != null && page.getName().compareTo(name) <= 0)) {
      return false;
    }
    page.setName(name);
    return true;
  }

  private static Principal named(
      Principal principal, @Nullable PrincipalDay today, @Nullable PrincipalDay yesterday) {
    String name = today == null ? null : today.getName();
    if (name == null && yesterday != null) {
      name = yesterday.getName();
    }
    return new Principal(
        principal.getId(), name == null ? principal.getName() : name, principal.getType());
  }

  private Commutes commutes(Pages pages) {
    PrincipalProfile profile = pages.profile();
    return profile == null ? new Commutes(mostPlaces) : new Commutes(mostPlaces, profile);
  }

  /** Reads the profile when the first comparison asks for it. */
  private final class LazyCommutes implements ImpossibleTravel.CommuteReader {
    private final Pages pages;
    private @Nullable Commutes commutes;

    LazyCommutes(Pages pages, @Nullable Commutes commutes) {
      this.pages = pages;
      this.commutes = commutes;
    }

    @Override
    public int daysAt(PlaceKey place, int day) {
      Commutes read = commutes;
      if (read == null) {
        read = commutes(pages);
        commutes = read;
      }
      return read.daysAt(place, day);
    }

    @Nullable Commutes loaded() {
      return commutes;
    }
  }
}
