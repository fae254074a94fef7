package dev.lockstep.detections;

import dev.lockstep.detections.PartnerDrift.Judgement;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Caller;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingDrift;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
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

  PartnerBook(RuleSettings settings) {
    this(settings, Expected.NOTHING);
  }

  PartnerBook(RuleSettings settings, Expected expected) {
    this.settings = settings;
    this.rule = new PartnerDrift(settings.drift());
    this.findings = new PartnerFindings(settings, expected);
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
      page = new PartnerDay(new ArrayList<>(2), new ArrayList<>(0), false);
    }
    Put put = put(page, sighting, cited, minute);
    if (!put.changed()) {
      return;
    }
    timeline.set(day, page);
    TreeMap<Integer, Boolean> changed = new TreeMap<>();
    changed.put(day, true);
    TreeSet<Integer> toJudge = new TreeSet<>();
    toJudge.add(day);
    if ((minute <= 60 || put.evicted()) && timeline.day(day - 1) != null) {
      toJudge.add(day - 1);
    }
    if ((minute >= Days.MINUTES - 61 || put.evicted()) && timeline.day(day + 1) != null) {
      toJudge.add(day + 1);
    }
    toJudge.addAll(timeline.from(day + Commutes.YOUNGEST).keySet());
    for (Integer next = toJudge.pollFirst(); next != null; next = toJudge.pollFirst()) {
      Moved moved = next == day && !put.evicted() ? new Moved(put.use(), minute) : null;
      if (judge(partner, next, moved, timeline, out)) {
        changed.put(next, true);
        toJudge.addAll(timeline.from(next + Commutes.YOUNGEST).keySet());
      }
    }
    if (put.use() != null) {
      Judgement own = rule.judge(put.use(), day, timeline, partner);
      if (own.gate() != null && !own.minutes().get(minute)) {
        tally.gate(PartnerDrift.ID, own.gate());
      }
    }
    for (int written : changed.keySet()) {
      changedDays.write(written, Objects.requireNonNull(timeline.day(written)));
    }
  }

  /** Takes a day that changed. */
  interface DayWriter {
    void write(int day, PartnerDay page);
  }

  /**
   * What became of a sighting.
   *
   * @param use the calls that it belongs to, null if the day is full and it was not kept
   * @param changed whether something worth keeping changed
   * @param evicted whether others had to go for it, or the day has just become full
   */
  private record Put(@Nullable PartnerUse use, boolean changed, boolean evicted) {}

  private Put put(PartnerDay page, Sighting sighting, Cited cited, int minute) {
    Spot spot = Objects.requireNonNull(sighting.getSpot());
    Caller caller = new Caller(spot.getAddress(), sighting.getPrincipal(), minute);
    for (PartnerUse use : page.getUses()) {
      if (alike(use, sighting, spot)) {
        BitSet minutes = BitSet.valueOf(use.getMinutes());
        Cited first = Citations.earlier(use.getFirst(), cited);
        Cited last = Citations.later(use.getLast(), cited);
        boolean called = addCaller(use, caller);
        if (minutes.get(minute)
            && first.equals(use.getFirst())
            && last.equals(use.getLast())
            && !called) {
          return new Put(use, false, false);
        }
        minutes.set(minute);
        use.setMinutes(ByteBuffer.wrap(minutes.toByteArray()));
        use.setFirst(first);
        use.setLast(last);
        return new Put(use, true, false);
      }
    }
    BitSet minutes = new BitSet(Days.MINUTES);
    minutes.set(minute);
    PartnerUse added =
        new PartnerUse(
            spot,
            sighting.getDeclared(),
            sighting.getInChangeWindow(),
            ByteBuffer.wrap(minutes.toByteArray()),
            List.of(caller),
            cited,
            cited);
    page.getUses().add(added);
    if (page.getUses().size() > settings.setCap()) {
      boolean full = page.getOverflow();
      page.setOverflow(true);
      PartnerUse dropped =
          page.getUses().stream()
              .max(Comparator.comparingLong(PartnerBook::traitsHash))
              .orElseThrow();
      page.getUses().remove(page.getUses().indexOf(dropped)); // a list that Avro read: by index
      return dropped == added ? new Put(null, !full, !full) : new Put(added, true, true);
    }
    return new Put(added, true, false);
  }

  /** Notes who called from where, and the first minute of it; returns whether that is new. */
  private boolean addCaller(PartnerUse use, Caller caller) {
    TreeMap<String, Caller> kept = new TreeMap<>();
    use.getCallers().forEach(one -> kept.put(key(one), one));
    Caller before = kept.get(key(caller));
    if (before != null && before.getMinute() <= caller.getMinute()) {
      return false;
    }
    kept.put(key(caller), caller);
    if (kept.size() > settings.setCap()) {
      String dropped =
          Collections.max(kept.keySet(), Comparator.comparingLong(Findings::memberHash));
      kept.remove(dropped);
      if (dropped.equals(key(caller))) {
        return false;
      }
    }
    use.setCallers(List.copyOf(kept.values()));
    return true;
  }

  private static String key(Caller caller) {
    return caller.getAddress()
        + "\n"
        + (caller.getPrincipal() == null ? "" : caller.getPrincipal().getId());
  }

  /** The calls of a day that have one more minute since the day was judged last. */
  private record Moved(@Nullable PartnerUse use, int minute) {
    boolean fired(List<Judgement> finding) {
      return finding.stream().anyMatch(one -> one.use() == use);
    }

    /** Returns whether these calls may be the known ones that a finding shares its key with. */
    boolean sharesKey(List<Judgement> finding) {
      return finding.stream().anyMatch(one -> one.sharedKey() && PartnerDrift.near(one, minute));
    }
  }

  /**
   * Judges a day; returns whether what stands of it changed.
   *
   * @param moved what alone changed since it was judged last, null if something else did
   */
  private boolean judge(
      Partner partner,
      int day,
      @Nullable Moved moved,
      PartnerTimeline timeline,
      Consumer<Contribution> out) {
    PartnerDay page = Objects.requireNonNull(timeline.day(day));
    Map<String, List<Judgement>> fired = new TreeMap<>();
    for (PartnerUse use : page.getUses()) {
      Judgement judgement = rule.judge(use, day, timeline, partner);
      if (judgement.reason() != null) {
        fired.computeIfAbsent(id(partner, day, judgement), key -> new ArrayList<>()).add(judgement);
      }
    }
    boolean quiet = moved != null && fired.values().stream().noneMatch(moved::fired);
    List<StandingDrift> standing = new ArrayList<>(fired.size());
    fired.forEach(
        (id, judgements) -> {
          if (moved == null || moved.fired(judgements) || (quiet && moved.sharesKey(judgements))) {
            out.accept(findings.finding(partner, id, judgements, day, page.getOverflow()));
          }
          NetworkKey network = NetworkKey.of(judgements.get(0).use().getSpot());
          standing.add(
              new StandingDrift(
                  id,
                  network.asn(),
                  network.country(),
                  judgements.stream().anyMatch(Judgement::telling)));
        });
    for (StandingDrift stood : page.getStanding()) {
      if (!fired.containsKey(stood.getId())) {
        out.accept(Findings.withdrawal(RuleInfo.PARTNER_IP_DRIFT, stood.getId()));
      }
    }
    if (standing.equals(page.getStanding())) {
      return false;
    }
    page.setStanding(standing);
    timeline.set(day, page);
    return true;
  }

  private static String id(Partner partner, int day, Judgement judgement) {
    Spot spot = judgement.use().getSpot();
    String network =
        PartnerDrift.OUTSIDE_ALLOWLIST.equals(judgement.reason())
            ? spot.getPrefix()
            : NetworkKey.of(spot).text();
    return Findings.id(PartnerDrift.ID, partner.id(), network, Days.text(day));
  }

  private static boolean alike(PartnerUse use, Sighting sighting, Spot spot) {
    Spot other = use.getSpot();
    return use.getDeclared() == sighting.getDeclared()
        && use.getInChangeWindow() == sighting.getInChangeWindow()
        && other.getPrefix().equals(spot.getPrefix())
        && Objects.equals(other.getAsn(), spot.getAsn())
        && Objects.equals(other.getNetworkCountry(), spot.getNetworkCountry())
        && other.getNetworkClass().equals(spot.getNetworkClass());
  }

  private static long traitsHash(PartnerUse use) {
    Spot spot = use.getSpot();
    return Findings.memberHash(
        String.join(
            "\n",
            spot.getPrefix(),
            NetworkKey.of(spot).text(),
            spot.getNetworkClass(),
            use.getDeclared() + "," + use.getInChangeWindow()));
  }
}
