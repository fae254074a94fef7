package dev.lockstep.detections.sigma.correlation;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.rules.Aggregate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collection of the events, called members, of one group of a correlation on one UTC day. Events
 * that cannot change a finding are left out.
 *
 * <h2>Members that are dropped</h2>
 *
 * If no later event can undo a hit, a correlation fires at once, without waiting for a grace. If no
 * other correlation refers to such a correlation, only its earliest hit of the day matters. That
 * hit is the first window that fulfils the condition. Once the day has this hit, a later event is
 * kept only if a window that ends on a later day may need it. If windows of such a correlation
 * count values or rules, an event between two others of the same value or rule within one timespan
 * is dropped, because it changes no window's number. Of all other events, a limited number with the
 * smallest hashes is kept.
 *
 * <p>So the kept members depend on the order of arrival, and with them the times and events that a
 * finding names. Whether there is a finding depends on the order only if so many events come that
 * some of the limited number are left out.
 */
public final class GroupDay implements Aggregate {
  /**
   * Time that stands for the absence of a window that fulfils the condition. It is later than all
   * others.
   */
  static final long NO_HIT = Long.MAX_VALUE;

  static final long DAY_MILLIS = 86_400_000L;

  /**
   * Largest number of events of one group and day that a correlation keeps. It holds for a
   * correlation that waits for late events, and for one to which another correlation refers. If
   * there are more events, those with the smallest hashes are kept. For any other correlation the
   * limit is {@link #MOST_AT_ONCE}.
   */
  public static final int MOST = 4_096;

  /**
   * Largest number of events of one group and day that a correlation keeps if no later event can
   * undo its finding. Such a correlation fires at once. If more events come, those of the earliest
   * hit and those with the smallest hashes are kept. A hit with more than {@link #MOST} events
   * loses some of them too. If another correlation refers to this one, the limit is {@link #MOST}.
   */
  static final int MOST_AT_ONCE = 16_384;

  private static final long NO_CEILING = Long.MAX_VALUE;
  private static final int SPARE = 64;
  private static final String RELAYED = "+";
  private static final String NOT_RELAYED = "";

  private static final char THRESHOLDS = ';';

  private WindowCondition of;

  /**
   * Condition with the thresholds that were stored with this day, if the rule's thresholds have
   * changed since. It is null if they have not changed, or once it is decided which thresholds
   * apply to the day.
   */
  private @Nullable WindowCondition former;

  private final boolean keepsAll;
  private final boolean isThinned;
  private final int most;
  private final List<Member> members = new ArrayList<>(4);
  private final TreeMap<Long, Member> byId = new TreeMap<>();
  private final Map<Object, List<Member>> byKey = new HashMap<>();
  private final Map<Long, Member> relayed = new LinkedHashMap<>();
  private final ArrayDeque<Member> inTail = new ArrayDeque<>();
  private @Nullable WindowAggregate tail;
  private long hit = NO_HIT;
  private long ceiling = NO_CEILING;
  private int provisional;
  private boolean hasWithdrawn;
  private long hitVersion;
  private @Nullable Hit known;
  private long knownVersion;

  /**
   * Creates the day of a group, still without events.
   *
   * @param relaysHits if all hits of the day are needed, not only the earliest, because another
   *     correlation refers to this one
   */
  public GroupDay(WindowCondition of, boolean relaysHits) {
    this.of = of;
    this.keepsAll = relaysHits || !of.firesAtOnce();
    this.isThinned = !keepsAll && of.isThinned();
    this.most = keepsAll ? MOST : MOST_AT_ONCE;
  }

  @Override
  public boolean add(Kept event) {
    Member member = Member.of(event);
    Member known = byId.get(member.id());
    if (known != null) {
      if (known.covers(member)) {
        return false;
      }
      member = known.with(member);
      hasWithdrawn |= member.at() != known.at();
      takeOut(known);
    } else if (member.id() >= ceiling) {
      return false;
    }
    boolean isFinal = !member.isProvisional();
    if (!keepsAll && isFinal && known == null) {
      boolean isOver = provisional == 0 && member.at() > hit && !isNeededLater(member);
      if (isOver || isRedundant(member)) {
        return former != null; // by other thresholds the day may have a hit
      }
    }
    put(member);
    if (!keepsAll && isFinal) {
      long before = hit;
      evaluate(member);
      thinAround(member);
      prune(hit != before);
    }
    bound();
    return true;
  }

  @Override
  public boolean remove(Kept event) {
    Member stated = Member.of(event);
    Member known = byId.get(stated.id());
    if (known == null) {
      return false;
    }
    Member left = known.without(stated);
    if (left == known) {
      return false;
    }
    hasWithdrawn = true;
    takeOut(known);
    if (left != null) {
      put(left);
      if (!keepsAll && !left.isProvisional()) {
        evaluate(left);
      }
    }
    return true;
  }

  private void put(Member member) {
    int at = Collections.binarySearch(members, member, Member.BY_TIME);
    members.add(-at - 1, member);
    if (member.at() <= hit) {
      hitVersion++;
    }
    byId.put(member.id(), member);
    if (member.isProvisional()) {
      provisional++;
    } else if (isThinned) {
      for (Object key : member.keys(of.type() == CorrelationDocument.Type.TEMPORAL)) {
        List<Member> same = byKey.computeIfAbsent(key, any -> new ArrayList<>(2));
        same.add(-Collections.binarySearch(same, member, Member.BY_TIME) - 1, member);
      }
    }
  }

  /**
   * Removes an event from this day. It was retracted, or a changed form is to replace it, or the
   * day has too many. If the first window that fulfils the condition had the event, that window is
   * searched for anew.
   */
  private void takeOut(Member member) {
    drop(member);
    closeTail();
    if (!keepsAll && isOfHit(member)) {
      hit = WindowWalk.earliest(of, finalMembers(), hit, NO_HIT);
    }
  }

  private void closeTail() {
    tail = null;
    inTail.clear();
  }

  private void drop(Member member) {
    members.remove(Collections.binarySearch(members, member, Member.BY_TIME));
    unindex(member);
  }

  /**
   * Removes an event from the indexes and counts of this day. The caller removes it from the list
   * of the day's events.
   */
  private void unindex(Member member) {
    if (member.at() <= hit) {
      hitVersion++;
    }
    byId.remove(member.id());
    if (member.isProvisional()) {
      provisional--;
    } else if (isThinned) {
      for (Object key : member.keys(of.type() == CorrelationDocument.Type.TEMPORAL)) {
        List<Member> same = byKey.get(key);
        if (same != null) {
          same.remove(Collections.binarySearch(same, member, Member.BY_TIME));
          if (same.isEmpty()) {
            byKey.remove(key);
          }
        }
      }
    }
  }

  /**
   * Searches this day for the first window that fulfils the condition, after an event was added.
   * Only a window that ends before the first one known so far counts.
   */
  private void evaluate(Member member) {
    if (member.at() >= hit && hit != NO_HIT) {
      return;
    }
    boolean isLast = members.get(members.size() - 1) == member;
    if (provisional > 0 || !isLast || hit != NO_HIT) {
      closeTail();
      long to = Math.min(member.at() + of.spanMillis(), hit == NO_HIT ? NO_HIT : hit - 1);
      hit = Math.min(hit, WindowWalk.earliest(of, finalMembers(), member.at(), to));
      return;
    }
    WindowAggregate window = tail;
    boolean isOrdered = of.type() == CorrelationDocument.Type.TEMPORAL_ORDERED;
    if (window == null || (isOrdered && inTail.getLast().at() == member.at())) {
      inTail.clear();
      window = of.window();
      int next = WindowWalk.indexAt(members, member.at() - of.spanMillis());
      while (next < members.size()) {
        int end = next + 1;
        while (end < members.size() && members.get(end).at() == members.get(next).at()) {
          end++;
        }
        window.enterAll(members.subList(next, end));
        inTail.addAll(members.subList(next, end));
        next = end;
      }
      tail = window;
    } else {
      window.enter(member);
      inTail.add(member);
    }
    while (inTail.getFirst().at() < member.at() - of.spanMillis()) {
      Member first = inTail.removeFirst();
      if (!first.isGone()) {
        window.leave(first);
      }
    }
    if (window.holds(member.at())) {
      hit = member.at();
      closeTail();
    }
  }

  private List<Member> finalMembers() {
    return provisional == 0
        ? members
        : members.stream().filter(member -> !member.isProvisional()).toList();
  }

  private boolean isRedundant(Member member) {
    if (!isThinned) {
      return false;
    }
    for (Object key : member.keys(of.type() == CorrelationDocument.Type.TEMPORAL)) {
      List<Member> same = byKey.get(key);
      if (same == null) {
        return false;
      }
      int at = Collections.binarySearch(same, member, Member.BY_TIME);
      int before = at < 0 ? -at - 2 : at - 1;
      int after = at < 0 ? -at - 1 : at + 1;
      if (before < 0
          || after >= same.size()
          || same.get(after).at() - same.get(before).at() > of.spanMillis()) {
        return false;
      }
    }
    return true;
  }

  private void thinAround(Member member) {
    if (!isThinned) {
      return;
    }
    for (Object key : member.keys(of.type() == CorrelationDocument.Type.TEMPORAL)) {
      for (int side = -1; side <= 1; side += 2) {
        List<Member> same = byKey.getOrDefault(key, List.of());
        int next = Collections.binarySearch(same, member, Member.BY_TIME) + side;
        if (next >= 0 && next < same.size() && isRedundant(same.get(next))) {
          dropOpen(same.get(next));
        }
      }
    }
  }

  /**
   * Removes an event from this day, and from the latest window if that window has the event. The
   * latest window ends at the day's latest event. It stays in memory, so that a later event only
   * has to enter it. A provisional event is never in it.
   */
  private void dropOpen(Member member) {
    drop(member);
    WindowAggregate window = tail;
    if (window != null
        && !member.isProvisional()
        && !inTail.isEmpty()
        && member.at() >= inTail.getFirst().at()) {
      window.leave(member);
      member.drop();
    }
  }

  /**
   * Returns whether an event of this day may be needed by a window that ends on a later day. The
   * event has to come after this day's first window that fulfils the condition.
   */
  private boolean isNeededLater(Member member) {
    long end = (member.event().day() + 1) * DAY_MILLIS;
    if (member.at() < end - of.spanMillis()) {
      return false;
    }
    int later = members.size() - WindowWalk.indexAt(members, member.at() + 1);
    return switch (of.type()) {
      case EVENT_COUNT -> later < of.need() - 1;
      case VALUE_COUNT -> later < 2 * of.need() && !hasLater(member); // two of a value at most
      case TEMPORAL -> !hasLater(member);
      default -> true;
    };
  }

  private boolean hasLater(Member member) {
    for (Object key : member.keys(of.type() == CorrelationDocument.Type.TEMPORAL)) {
      List<Member> same = byKey.get(key);
      if (same == null || same.get(same.size() - 1).at() <= member.at()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Drops the events that happened after the end of the day's first hit, except those that a later
   * day may need. The first hit is the day's first window that fulfils the condition. A window of a
   * later day may begin on this day. Events are dropped at once if the first hit is new, otherwise
   * when many have come.
   */
  private void prune(boolean isNew) {
    if (hit == NO_HIT || provisional > 0) {
      return;
    }
    int from = WindowWalk.indexAt(members, hit + 1);
    int usual =
        of.type() == CorrelationDocument.Type.TEMPORAL
                || of.type() == CorrelationDocument.Type.TEMPORAL_ORDERED
            ? of.rules().size()
            : of.need();
    if (!isNew && members.size() - from <= usual + usual / 4 + SPARE) {
      return;
    }
    long late = (members.get(0).event().day() + 1) * DAY_MILLIS - of.spanMillis();
    Set<Object> seen = new HashSet<>();
    List<Member> kept = new ArrayList<>();
    for (int i = members.size() - 1; i >= from; i--) {
      Member member = members.get(i);
      boolean isNeeded =
          member.at() >= late
              && switch (of.type()) {
                case EVENT_COUNT -> kept.size() < of.need() - 1;
                case VALUE_COUNT -> seen.size() < of.need() && seen.addAll(member.values());
                case TEMPORAL -> seen.addAll(member.keys(true));
                default -> true;
              };
      if (isNeeded) {
        kept.add(member);
      } else {
        unindex(member);
      }
    }
    Collections.reverse(kept);
    members.subList(from, members.size()).clear();
    members.addAll(kept);
  }

  private void bound() {
    if (members.size() <= most) {
      return;
    }
    Member largest = byId.lastEntry().getValue();
    boolean isSpare = hasSpareInHit();
    while (!isSpare && isOfHit(largest)) {
      Map.Entry<Long, Member> before = byId.lowerEntry(largest.id());
      if (before == null) {
        return;
      }
      largest = before.getValue();
    }
    if (of.type() == CorrelationDocument.Type.TEMPORAL_ORDERED) {
      takeOut(largest);
    } else {
      dropOpen(largest);
    }
    ceiling = Math.min(ceiling, largest.id());
  }

  /**
   * Returns whether the first hit is sure to remain a hit if any one of its events is removed. The
   * first hit is the first window that fulfils the condition. It is sure to remain a hit if the
   * condition counts events, the window has more of them than a threshold can ask for, and no event
   * is provisional.
   */
  private boolean hasSpareInHit() {
    return of.type() == CorrelationDocument.Type.EVENT_COUNT
        && hit != NO_HIT
        && provisional == 0
        && WindowWalk.indexAt(members, hit + 1) - WindowWalk.indexAt(members, hit - of.spanMillis())
            > MOST;
  }

  private boolean isOfHit(Member member) {
    return hit != NO_HIT && member.at() <= hit && member.at() >= hit - of.spanMillis();
  }

  /** Returns whether events of the group and day were left out because too many came. */
  public boolean hasOverflow() {
    return ceiling != NO_CEILING;
  }

  /**
   * Returns whether hits that were passed on to another correlation stay valid after events of
   * these hits were dropped. A hit stays valid if only later events displaced events of the hits,
   * and the condition is such that no later event can undo a hit. An event that was retracted or
   * moved since the last call may undo one. If more than {@link #MOST} hits were passed on, the
   * result is false.
   */
  public boolean keepsRelayed() {
    boolean keeps = of.firesAtOnce() && hasOverflow() && !hasWithdrawn && relayed.size() <= MOST;
    hasWithdrawn = false;
    return keeps;
  }

  List<Member> members() {
    return members;
  }

  /**
   * Returns the end of the earliest window that fulfils the condition with this day's events only.
   * It is {@link #NO_HIT} if there is none.
   */
  long ownHit() {
    return provisional == 0 && !keepsAll
        ? hit
        : WindowWalk.earliest(of, members, Long.MIN_VALUE / 2, NO_HIT);
  }

  /**
   * Returns an upper bound of what this day's kept events can add to the count in a time window. It
   * is the largest int if no bound is known.
   */
  long mostOfWindow() {
    if (of.type() == CorrelationDocument.Type.EVENT_COUNT) {
      return members.size();
    }
    return isThinned && provisional == 0 ? byKey.size() : Integer.MAX_VALUE;
  }

  /**
   * Returns the hit that ends at a time if it is already computed and still valid, otherwise null.
   * A hit is a window that fulfils the condition.
   */
  @Nullable Hit known(long at) {
    Hit one = known;
    return one != null && one.at() == at && knownVersion == hitVersion ? one : null;
  }

  void known(Hit computed) {
    known = computed;
    knownVersion = hitVersion;
  }

  /**
   * Returns the events of this day that were passed on as hits to another correlation, by hash. The
   * other correlation refers to this one. A hit that was retracted there is not among them. The
   * caller changes this map.
   */
  public Map<Long, Member> relayed() {
    return relayed;
  }

  @Override
  public int size() {
    return members.size();
  }

  @Override
  public List<Kept> kept() {
    List<Kept> kept = new ArrayList<>(members.size());
    for (Member member : members) {
      String mark = relayed.containsKey(member.id()) ? RELAYED : NOT_RELAYED;
      member.kept().forEach(one -> kept.add(marked(one, mark)));
    }
    relayed.forEach(
        (id, member) -> {
          if (!byId.containsKey(id)) {
            for (Kept one : member.kept()) {
              List<String> written = new ArrayList<>(one.texts());
              written.set(0, ""); // of no rule any more
              kept.add(marked(new Kept(one.event(), written, one.provisional()), RELAYED));
            }
          }
        });
    return kept;
  }

  private static Kept marked(Kept kept, String mark) {
    List<String> texts = new ArrayList<>(kept.texts());
    texts.add(mark);
    return new Kept(kept.event(), texts, kept.provisional());
  }

  @Override
  public String mark() {
    String lost = ceiling == NO_CEILING ? "" : Long.toHexString(ceiling);
    WindowCondition condition = former == null ? of : former;
    return condition.thresholds().isEmpty()
        ? lost
        : lost + THRESHOLDS + Threshold.format(condition.thresholds());
  }

  /**
   * Decides whether the day's stored thresholds or the rule's changed thresholds apply to the day.
   * The stored thresholds apply if the group has fired on the day, because a change applies from
   * the next day on.
   */
  public void decide(boolean hasFired) {
    WindowCondition before = former;
    former = null;
    if (before != null && hasFired) {
      of = before;
      closeTail();
      hitVersion++;
      if (!keepsAll) {
        hit = WindowWalk.earliest(of, finalMembers(), Long.MIN_VALUE / 2, NO_HIT);
      }
    }
  }

  /**
   * Returns the condition that a window of the day has to fulfil. Its thresholds are those of the
   * rule, or those stored with the day if {@link #decide} or {@link #restore} chose them.
   */
  public WindowCondition condition() {
    return of;
  }

  @Override
  public void restore(List<Kept> kept, String mark) {
    int end = mark.indexOf(THRESHOLDS);
    String lost = end < 0 ? mark : mark.substring(0, end);
    ceiling = lost.isEmpty() ? NO_CEILING : Long.parseUnsignedLong(lost, 16);
    List<Threshold> written = end < 0 ? of.thresholds() : Threshold.parse(mark.substring(end + 1));
    former = written.equals(of.thresholds()) ? null : of.with(written);
    Map<Long, Member> read = new LinkedHashMap<>();
    for (Kept one : kept) {
      List<String> stored = one.texts();
      int last = stored.size() - 1;
      Member form = Member.of(new Kept(one.event(), stored.subList(0, last), one.provisional()));
      Member member = read.merge(form.id(), form, (known, other) -> known.with(other));
      if (stored.get(last).equals(RELAYED)) {
        relayed.put(member.id(), member);
      }
    }
    read.values().stream().filter(member -> !member.rules().isEmpty()).forEach(this::put);
    WindowCondition before = former;
    if (!keepsAll && before != null) {
      hit = WindowWalk.earliest(before, finalMembers(), Long.MIN_VALUE / 2, NO_HIT);
      if (hit != NO_HIT) {
        of = before;
        former = null;
      }
    }
    if (!keepsAll && hit == NO_HIT) {
      hit = WindowWalk.earliest(of, finalMembers(), Long.MIN_VALUE / 2, NO_HIT);
    }
  }
}
