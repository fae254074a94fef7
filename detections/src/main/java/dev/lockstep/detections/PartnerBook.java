package dev.lockstep.detections;

import dev.lockstep.detections.PartnerDayUses.Put;
import dev.lockstep.detections.PartnerDrift.Judgement;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingDrift;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code partner-ip-drift} keeps of a partner, and what becomes of it with one more sighting.
 *
 * <p>A sighting is judged with its own day; near midnight the neighbour may change too, since a
 * known network within an hour raises a finding. One that comes after later days have been judged
 * changes what they know: they are judged again, in order.
 */
final class PartnerBook {
  private final RuleSettings settings;
  private final PartnerDrift rule;
  private final PartnerFindings findings;
  private final PartnerDayUses uses;

  PartnerBook(RuleSettings settings) {
    this(settings, Expected.NOTHING);
  }

  PartnerBook(RuleSettings settings, Expected expected) {
    this.settings = settings;
    this.rule = new PartnerDrift(settings.drift());
    this.findings = new PartnerFindings(settings, expected);
    this.uses = new PartnerDayUses(settings.setCap());
  }

  /** Notes a sighting; hands out each day that changed, and each finding that did. */
  void observe(
      Partner partner,
      Sighting sighting,
      PartnerTimeline timeline,
      Tally tally,
      DayWriter changedDays,
      Consumer<Contribution> out) {
    Cited cited = Objects.requireNonNull(sighting.getCited());
    int day = Days.of(cited.getEventAt());
    int minute = Days.minuteOfDay(cited.getEventAt());
    PartnerDay page = timeline.day(day);
    if (page == null) {
      page = new PartnerDay(new ArrayList<>(2), new ArrayList<>(0), false, null, false);
    }
    Put put = uses.put(page, sighting, cited, minute);
    if (!put.changed()) {
      return;
    }
    Case here = new Case(partner, timeline, new TreeSet<>(), new TreeSet<>(), out);
    if (put.kept()) {
      judgeAround(here, day, minute, page, put);
    } else if (judgeOnce(here, day, page, put.use())) {
      here.changed().add(day);
      here.teaches(day);
    }
    TreeSet<Integer> later = here.later();
    for (Integer next = later.pollFirst(); next != null; next = later.pollFirst()) {
      if (judge(here, next, null)) {
        here.teaches(next);
      }
    }
    if (put.kept()) {
      Judgement own = rule.judge(put.use(), day, timeline, partner);
      if (own.gate() != null && !own.minutes().get(minute)) {
        tally.gate(PartnerDrift.ID, own.gate());
      }
    }
    for (int written : here.changed()) {
      changedDays.write(written, Objects.requireNonNull(timeline.day(written)));
    }
  }

  /**
   * What one sighting is worked into.
   *
   * @param changed days to be written
   * @param later days to be judged again, since what they know has changed
   */
  private record Case(
      Partner partner,
      PartnerTimeline timeline,
      TreeSet<Integer> changed,
      TreeSet<Integer> later,
      Consumer<Contribution> out) {
    /** Says that a day teaches those that read it something else now. */
    void teaches(int day) {
      later.addAll(timeline.from(day + Commutes.YOUNGEST).keySet());
    }
  }

  /** Judges the day of calls that are kept, and the neighbours that they may lie close to. */
  private void judgeAround(Case here, int day, int minute, PartnerDay page, Put put) {
    PartnerTimeline timeline = here.timeline();
    timeline.set(day, page);
    boolean firstLoss = put.tooMany() && page.getCeiling() == null;
    if (put.tooMany()) {
      page.setOverflow(true);
    }
    here.changed().add(day);
    here.teaches(day);
    for (int near = day - 1; near <= day + 1; near++) {
      if (near == day
          || (near < day && put.from() <= 60 && timeline.day(near) != null)
          || (near > day && put.to() >= Days.MINUTES - 61 && timeline.day(near) != null)) {
        Moved moved = near == day && !firstLoss ? new Moved(put.use(), minute) : null;
        if (judge(here, near, moved)) {
          here.teaches(near);
        }
      }
    }
    if (put.tooMany()) {
      PartnerDayUses.letGo(page);
      timeline.set(day, page);
    }
  }

  /** Takes a day that changed. */
  interface DayWriter {
    void write(int day, PartnerDay page);
  }

  /** The calls of a day that have one more minute since the day was judged last. */
  private record Moved(PartnerUse use, int minute) {
    boolean fired(List<Judgement> finding) {
      return finding.stream().anyMatch(one -> one.use() == use);
    }

    /** Returns whether these calls may be the known ones that a finding shares its key with. */
    boolean sharesKey(List<Judgement> finding) {
      return finding.stream().anyMatch(one -> one.sharedKey() && PartnerDrift.near(one, minute));
    }
  }

  /**
   * Judges a day; returns whether it teaches later days something else now.
   *
   * @param moved what alone changed since it was judged last, null if something else did
   */
  private boolean judge(Case here, int day, @Nullable Moved moved) {
    Partner partner = here.partner();
    PartnerTimeline timeline = here.timeline();
    PartnerDay page = Objects.requireNonNull(timeline.day(day));
    Map<String, List<Judgement>> fired = new TreeMap<>();
    for (PartnerUse use : page.getUses()) {
      Judgement judgement = rule.judge(use, day, timeline, partner);
      if (judgement.reason() != null) {
        fired.computeIfAbsent(id(partner, day, judgement), key -> new ArrayList<>()).add(judgement);
      }
    }
    boolean lost = hasLostUses(day, timeline);
    Map<String, StandingDrift> stood = new TreeMap<>();
    page.getStanding().forEach(one -> stood.put(one.getId(), one));
    Map<String, StandingDrift> standing = new TreeMap<>();
    for (StandingDrift one : stood.values()) {
      if (!fired.containsKey(one.getId())) {
        if (lost && mayStand(one, day, timeline, partner)) {
          standing.put(one.getId(), one);
        } else {
          here.out().accept(Findings.withdrawal(RuleInfo.PARTNER_IP_DRIFT, one.getId()));
        }
      }
    }
    boolean moreBefore = page.getCeiling() != null && page.getMoreFindings(); // what is not kept
    boolean moreFindings = limit(fired, stood, standing.size()) || moreBefore;
    boolean full = moreFindings && !page.getMoreFindings();
    boolean flagged = moreFindings != page.getMoreFindings();
    page.setMoreFindings(moreFindings);
    page.setOverflow(page.getCeiling() != null || moreFindings || page.getOverflow());
    boolean quiet = moved != null && fired.values().stream().noneMatch(moved::fired);
    fired.forEach(
        (id, judgements) -> {
          StandingDrift before = lost ? stood.get(id) : null;
          boolean say =
              moved == null
                  || full
                  || moved.fired(judgements)
                  || (quiet && moved.sharesKey(judgements))
                  || (stood.containsKey(id) && !isAsSevere(judgements, stood.get(id)));
          standing.put(
              id,
              !say && stood.containsKey(id)
                  ? stood.get(id)
                  : say(here, id, judgements, day, page, before));
        });
    if (flagged || !standing.equals(stood)) {
      page.setStanding(new ArrayList<>(standing.values()));
      here.changed().add(day);
    }
    boolean changed = full || !teachTheSame(standing, stood);
    if (changed) {
      timeline.set(day, page);
    }
    return changed;
  }

  private static boolean isAsSevere(List<Judgement> judgements, StandingDrift stood) {
    return judgements.stream()
        .map(Judgement::severity)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .filter(stood.getSeverity()::equals)
        .isPresent();
  }

  /** Drops the findings that are too many for a day, new ones first; returns whether there were. */
  private boolean limit(
      Map<String, List<Judgement>> fired, Map<String, StandingDrift> stood, int others) {
    int room = settings.setCap() - others;
    if (fired.size() <= room) {
      return false;
    }
    List<String> fresh = fired.keySet().stream().filter(id -> !stood.containsKey(id)).toList();
    int stay = Math.max(0, room - (fired.size() - fresh.size()));
    fired.keySet().removeAll(fresh.subList(stay, fresh.size()));
    return true;
  }

  private StandingDrift say(
      Case here,
      String id,
      List<Judgement> judgements,
      int day,
      PartnerDay page,
      @Nullable StandingDrift before) {
    Contribution contribution =
        findings.finding(here.partner(), id, judgements, day, page.getOverflow(), before);
    here.out().accept(contribution);
    Detection said = Objects.requireNonNull(contribution.getDetection());
    NetworkKey network = NetworkKey.of(judgements.get(0).use().getSpot());
    return new StandingDrift(
        id,
        network.asn(),
        network.country(),
        judgements.stream().anyMatch(Judgement::telling) || (before != null && before.getTelling()),
        said.getReason(),
        said.getSeverity(),
        said.getCount());
  }

  /**
   * Judges calls that are not kept, once; returns whether a finding is new or raised by them, or
   * would be if more were kept.
   */
  private boolean judgeOnce(Case here, int day, PartnerDay page, PartnerUse use) {
    PartnerTimeline timeline = here.timeline();
    Judgement judgement = rule.judge(use, day, timeline, here.partner());
    if (judgement.reason() == null) {
      return false;
    }
    String id = id(here.partner(), day, judgement);
    List<StandingDrift> standing = page.getStanding();
    int at = 0;
    while (at < standing.size() && !standing.get(at).getId().equals(id)) {
      at++;
    }
    boolean stands = at < standing.size();
    if (stands && !PartnerFindings.raises(judgement, standing.get(at))) {
      return false;
    }
    if (!stands && standing.size() >= settings.setCap()) {
      boolean first = !page.getMoreFindings();
      page.setMoreFindings(true);
      timeline.set(day, page);
      return first;
    }
    StandingDrift said =
        say(here, id, List.of(judgement), day, page, stands ? standing.get(at) : null);
    List<StandingDrift> all = new ArrayList<>(standing);
    if (stands) {
      all.set(at, said);
    } else {
      all.add(said);
    }
    page.setStanding(all);
    timeline.set(day, page);
    return true;
  }

  /** Returns whether evidence of a day's findings may not be kept. */
  private static boolean hasLostUses(int day, PartnerTimeline timeline) {
    for (int near = day - 1; near <= day + 1; near++) {
      PartnerDay page = timeline.day(near);
      if (page != null && page.getCeiling() != null) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a finding whose calls are not kept may still stand: nothing is known of it. */
  private boolean mayStand(
      StandingDrift stood, int day, PartnerTimeline timeline, Partner partner) {
    if (partner.hasCidrs()) {
      return true;
    }
    PartnerTimeline.Known known = timeline.known(day, partner, settings.drift());
    return known.learned() && known.why(new NetworkKey(stood.getAsn(), stood.getCountry())) == null;
  }

  /** Returns whether later days learn the same of what stands. */
  private static boolean teachTheSame(
      Map<String, StandingDrift> standing, Map<String, StandingDrift> stood) {
    return standing.keySet().equals(stood.keySet())
        && standing.values().stream()
            .allMatch(
                one ->
                    one.getTelling()
                        == Objects.requireNonNull(stood.get(one.getId())).getTelling());
  }

  private static String id(Partner partner, int day, Judgement judgement) {
    Spot spot = judgement.use().getSpot();
    String network =
        PartnerDrift.OUTSIDE_ALLOWLIST.equals(judgement.reason())
            ? spot.getPrefix()
            : NetworkKey.of(spot).text();
    return Findings.id(PartnerDrift.ID, partner.id(), network, Days.text(day));
  }
}
