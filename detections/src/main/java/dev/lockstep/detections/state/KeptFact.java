package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.rules.Aggregate;
import dev.lockstep.rules.EventOrder;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Seen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stored fact of a rule, subject and day, made of events that mean the same. It keeps the first and
 * the last of these events.
 */
public final class KeptFact implements Fact {
  private static final long MINUTE_MILLIS = 60_000L;
  private static final int MINUTES_PER_DAY = 1440;
  private static final int FEW_FIRED = 32;
  private static final CappedTexts[] NO_SETS = {};

  private final int rule;
  private final FactKind kind;
  private final int day;
  private final @Nullable Object[] values;
  private final CappedTexts[] sets;
  private final int rank;
  private int alikeHash;
  private boolean hashed;
  private final long flags;
  private @Nullable Location location;
  private @Nullable Principal principal;
  private EventReference first;
  private EventReference last;
  private long firstAt;
  private long lastAt;
  private final FactMinutes minutes;
  private @Nullable CappedTexts addresses;
  private final @Nullable Aggregate aggregate;
  private long changedAt;
  private boolean late;
  private boolean renamed;

  private @Nullable String traits;
  private long order;
  private boolean ordered;
  private byte @Nullable [] storedKey;
  private boolean dirty;
  private List<FiredEntry> fired = List.of();
  private int mostFired = FEW_FIRED;

  /**
   * Creates a fact from what a rule states of one event. The event is the first and the last of the
   * fact so far.
   */
  public static KeptFact of(Statement statement, Visit visit, int setCap) {
    KeptFact fact =
        new KeptFact(
            statement.rule(),
            statement.kind(),
            visit.reference().day(),
            statement.values(),
            statement.rank(),
            statement.placed() ? visit.location() : null,
            statement.owned() ? visit.principal() : null,
            visit.reference(),
            visit.reference());
    fact.add(statement, visit, setCap);
    return fact;
  }

  public KeptFact(
      int rule,
      FactKind kind,
      int day,
      @Nullable Object[] values,
      int rank,
      @Nullable Location location,
      @Nullable Principal principal,
      EventReference first,
      EventReference last) {
    this.rule = rule;
    this.kind = kind;
    this.day = day;
    this.values = values;
    this.rank = rank;
    this.location = location;
    this.principal = principal;
    this.first = first;
    this.last = last;
    this.firstAt = first.at();
    this.lastAt = last.at();
    this.minutes = new FactMinutes(kind.hasExactMinutes());
    this.flags = flags(values);
    this.sets = kind.sets() == 0 ? NO_SETS : new CappedTexts[kind.sets()];
    for (int i = 0; i < sets.length; i++) {
      sets[i] = new CappedTexts();
    }
    this.aggregate = kind.newAggregate();
    this.changedAt = first.arrivalAt();
  }

  /**
   * Returns the boolean fields among the first 64 fields of a fact as bits. Flags are read most
   * often.
   */
  private static long flags(@Nullable Object[] values) {
    long flags = 0;
    for (int i = 0; i < Math.min(Long.SIZE, values.length); i++) {
      if (Boolean.TRUE.equals(values[i])) {
        flags |= 1L << i;
      }
    }
    return flags;
  }

  static int alikeHash(
      FactKind kind,
      @Nullable Object[] values,
      @Nullable Location location,
      @Nullable Principal principal) {
    int hash = Arrays.hashCode(values);
    if (location != null && kind.where() != FactKind.Where.NOWHERE) {
      hash =
          hash * 31
              + (kind.where() == FactKind.Where.ADDRESS
                  ? location.address().hashCode()
                  : location.network().prefix().hashCode());
    }
    if (principal != null && kind.isByPrincipal()) {
      hash = hash * 31 + principal.getId().hashCode();
    }
    return hash;
  }

  int alikeHash() {
    if (!hashed) {
      alikeHash = alikeHash(kind, values, location, principal);
      hashed = true;
    }
    return alikeHash;
  }

  /**
   * Returns whether this fact has the given values, location and principal. Location and principal
   * are compared only as far as the kind distinguishes facts by them. Kinds and times are not
   * compared.
   */
  boolean isAlike(
      @Nullable Object[] otherValues,
      @Nullable Location otherLocation,
      @Nullable Principal otherPrincipal) {
    return Arrays.equals(values, otherValues)
        && isSamePlace(otherLocation)
        && (!kind.isByPrincipal() || Objects.equals(idOf(principal), idOf(otherPrincipal)));
  }

  private static @Nullable String idOf(@Nullable Principal principal) {
    return principal == null ? null : principal.getId();
  }

  private boolean isSamePlace(@Nullable Location other) {
    Location here = location;
    if (kind.where() == FactKind.Where.NOWHERE || here == other) {
      return true;
    }
    if (here == null || other == null) {
      return false;
    }
    Network network = here.network();
    Network otherNetwork = other.network();
    if (!Objects.equals(network.asn(), otherNetwork.asn())
        || network.networkClass() != otherNetwork.networkClass()) {
      return false;
    }
    return kind.where() == FactKind.Where.ADDRESS
        ? here.address().equals(other.address()) && here.place().equals(other.place())
        : network.prefix().equals(otherNetwork.prefix())
            && Objects.equals(network.country(), otherNetwork.country());
  }

  /** Adds an event for which a rule states this same fact; returns whether the fact changed. */
  public boolean add(Statement statement, Visit visit, int setCap) {
    EventReference event = visit.reference();
    Location at = statement.placed() ? visit.location() : null;
    Principal by = statement.owned() ? visit.principal() : null;
    boolean changed = false;
    if (aggregate != null) {
      changed = aggregate.add(aggregated(statement, visit));
      changedAt = changed ? Math.max(changedAt, visit.graceFrom()) : changedAt;
    }
    if (event != first || event != last) {
      changed |= extend(event, at, by);
    }
    if (kind.keepsMinutes()) {
      int minute = minuteOf(event.at());
      int millis = millisOf(event.at());
      changed |=
          (visit.provisional() && kind.isRetractable())
              ? minutes.addProvisional(minute, formHash(visit), millis)
              : minutes.add(minute, millis);
    }
    if (kind.keepsAddresses() && at != null) {
      changed |= add(addressTexts(), at.address().text(), visit, setCap);
    }
    for (int i = 0; i < sets.length; i++) {
      for (String member : membersOf(statement, i)) {
        changed |= add(sets[i], member, visit, kind.mostMembers(setCap));
      }
    }
    changed |= nameAs(by);
    return changed;
  }

  private List<String> membersOf(Statement statement, int set) {
    return set == kind.aggregatedSet() ? List.of() : statement.members().get(set);
  }

  private boolean add(CappedTexts texts, String text, Visit visit, int most) {
    int minute = minuteOf(visit.reference().at());
    boolean isRemovable = visit.provisional() && canRetract();
    return isRemovable
        ? texts.addRemovable(text, textHash(visit), minute, most)
        : texts.add(text, minute, minute, most);
  }

  private boolean canRetract() {
    return aggregate != null || kind.isRetractable() || kind.isRetractableWith(values);
  }

  private boolean extend(EventReference event, @Nullable Location at, @Nullable Principal by) {
    boolean changed = false;
    EventReference earliest = EventOrder.earlier(first, event);
    EventReference latest = last(event);
    if (earliest != first && !earliest.equals(first)) {
      first = earliest;
      firstAt = earliest.at();
      takeFirst(at, by);
      changed = true;
    } else if (location == null && at != null && event.equals(first)) {
      location = at; // a later form of the first event, whose address was not known before
      changed = true;
    }
    if (latest != last && !latest.equals(last)) {
      last = latest;
      lastAt = latest.at();
      changed = true;
    }
    return changed;
  }

  private EventReference last(EventReference event) {
    if (kind.hasRuns() || kind.hasJudgedEnd() || minutes.hasTimes()) {
      return EventOrder.later(last, event);
    }
    if (kind.hasExactEnd()) {
      return event.minute() > last.minute() ? event : last; // within the minute endsAt decides
    }
    return EventOrder.lastMinute(last, event);
  }

  /**
   * Replaces this fact's last event by the given event, and returns whether it did so. The caller
   * has added the event to the fact before. The last event stays if the given event is not later,
   * if it is of another minute, or if the kind has no exact end.
   */
  public boolean replaceLast(EventReference event) {
    if (!kind.hasExactEnd() || event.minute() != last.minute()) {
      return false;
    }
    EventReference latest = EventOrder.later(last, event);
    if (latest.equals(last)) {
      return false;
    }
    last = latest;
    lastAt = latest.at();
    return true;
  }

  /**
   * Takes over location and principal from the event that has become the first of this fact. A
   * principal with the same id stays, with the name that {@link #nameAs} chose.
   */
  private void takeFirst(@Nullable Location at, @Nullable Principal by) {
    location = at;
    if (!Objects.equals(idOf(principal), idOf(by))) {
      principal = by;
    }
  }

  private Aggregate.Kept aggregated(Statement statement, Visit visit) {
    return new Aggregate.Kept(
        visit.reference(), statement.members().get(kind.aggregatedSet()), visit.provisional());
  }

  /**
   * Keeps the alphabetically first name of the principal, and returns whether the kept name
   * changed. So the order of events does not matter.
   */
  private boolean nameAs(@Nullable Principal other) {
    Principal kept = principal;
    if (other == kept || other == null || kept == null || !kept.getId().equals(other.getId())) {
      return false;
    }
    String name = other.getName();
    if (name == null || (kept.getName() != null && kept.getName().compareTo(name) <= 0)) {
      return false;
    }
    principal = other;
    renamed = true;
    return true;
  }

  /**
   * Returns whether the principal's name has changed since this method was last called. A new fact
   * has its first name without such a change.
   */
  public boolean takeRenamed() {
    boolean was = renamed;
    renamed = false;
    return was;
  }

  /**
   * Returns a hash of a retractable event, which also covers whether the event has validated
   * claims. The form with claims may come by another way than the form without them, so that the
   * retraction of one may overtake the other.
   */
  private static long formHash(Visit visit) {
    EventReference event = visit.reference();
    Principal by = visit.principal();
    boolean hasClaims = by != null && !PrincipalTypes.isSubscription(by);
    return Hashes.of(event.category() + "\n" + event.eventId() + (hasClaims ? "\nclaims" : ""));
  }

  /** Returns a hash of a retractable event and its principal. Forms may differ in the principal. */
  private static long textHash(Visit visit) {
    EventReference event = visit.reference();
    Principal by = visit.principal();
    return Hashes.of(
        event.category() + "\n" + event.eventId() + (by == null ? "" : "\n" + by.getId()));
  }

  /**
   * Removes the retracted event in the argument {@code visit} from this fact. Returns whether that
   * changed the fact. If the fact has an aggregate, {@code statement} says what the event had added
   * to the aggregate.
   */
  public boolean retract(Statement statement, Visit visit) {
    boolean changed;
    if (aggregate == null) {
      long at = visit.reference().at();
      changed = minutes.retract(minuteOf(at), formHash(visit), millisOf(at));
    } else {
      changed = aggregate.remove(aggregated(statement, visit));
      changedAt = changed ? Math.max(changedAt, visit.graceFrom()) : changedAt;
    }
    boolean isTextRemoved = removeTexts(statement, visit);
    return changed || isTextRemoved;
  }

  private boolean removeTexts(Statement statement, Visit visit) {
    boolean removed = false;
    long hash = textHash(visit);
    Location at = statement.placed() ? visit.location() : null;
    if (addresses != null && at != null) {
      removed = addresses.remove(at.address().text(), hash);
    }
    for (int i = 0; i < sets.length; i++) {
      for (String member : membersOf(statement, i)) {
        removed |= sets[i].remove(member, hash);
      }
    }
    return removed;
  }

  /**
   * Returns whether every event was retracted. It is false for a fact with an aggregate, and for a
   * fact whose events cannot be retracted.
   */
  public boolean isEmpty() {
    if (aggregate != null) {
      return false;
    }
    return kind.isRetractable()
        ? minutes().isEmpty()
        : kind.isRetractableWith(values) && addresses != null && addresses.size() == 0;
  }

  boolean names(ErasedPrincipal erasing) {
    if (erasing.is(principal)) {
      return true;
    }
    for (Object value : values) {
      if (value instanceof String text && !erasing.text(text).equals(text)) {
        return true;
      }
    }
    for (CappedTexts set : sets) {
      for (Seen one : set.list()) {
        if (!erasing.text(one.text()).equals(one.text())) {
          return true;
        }
      }
    }
    if (aggregate != null) {
      for (Aggregate.Kept one : aggregate.kept()) {
        if (!renamed(one, erasing).equals(one)) {
          return true;
        }
      }
    }
    return false;
  }

  KeptFact renamed(ErasedPrincipal erasing) {
    @Nullable Object[] others = values.clone();
    for (int i = 0; i < others.length; i++) {
      if (others[i] instanceof String text) {
        others[i] = erasing.text(text);
      }
    }
    Principal other = principal == null ? null : erasing.instead(principal);
    KeptFact renamed = new KeptFact(rule, kind, day, others, rank, location, other, first, last);
    renamed.minutes.addAll(minutes);
    renamed.addresses = addresses;
    renamed.changedAt = changedAt;
    if (aggregate != null && renamed.aggregate != null) {
      renamed.aggregate.restore(
          aggregate.kept().stream().map(one -> renamed(one, erasing)).toList(), aggregate.mark());
    }
    for (Field field : kind.fields()) {
      if (field.type() == Field.Type.SET && !field.isOfNames()) {
        int i = field.index();
        renamed.sets[i].addAll(sets[i], erasing::text, Integer.MAX_VALUE);
      }
    }
    return renamed;
  }

  private static Aggregate.Kept renamed(Aggregate.Kept one, ErasedPrincipal erasing) {
    return new Aggregate.Kept(
        one.event(), one.texts().stream().map(erasing::text).toList(), one.provisional());
  }

  /**
   * Returns whether another fact of this kind has the same identity, and no gap in time separates
   * the two facts. Gaps separate facts only if the kind has runs. A gap is {@code gapMillis} or
   * more.
   */
  boolean isSame(KeptFact other, long gapMillis) {
    return isAlike(other.values, other.location, other.principal)
        && (!kind.hasRuns()
            || Math.max(firstAt - other.lastAt, other.firstAt - lastAt) < Math.max(1, gapMillis));
  }

  /**
   * Merges another fact with the same values into this fact. If the kind has runs, which are facts
   * between gaps in time, the two are less than a gap apart.
   */
  public void merge(KeptFact other, int setCap) {
    if (EventOrder.earlier(first, other.first) != first) {
      first = other.first;
      firstAt = first.at();
      takeFirst(other.location, other.principal);
    }
    last =
        kind.hasRuns() || kind.hasExactEnd()
            ? EventOrder.later(last, other.last)
            : EventOrder.lastMinute(last, other.last);
    lastAt = last.at();
    if (aggregate != null && other.aggregate != null) {
      other.aggregate.kept().forEach(aggregate::add);
      changedAt = Math.max(changedAt, other.changedAt);
    }
    minutes.addAll(other.minutes);
    if (other.addresses != null) {
      addressTexts().addAll(other.addresses, text -> text, setCap);
    }
    for (int i = 0; i < sets.length; i++) {
      sets[i].addAll(other.sets[i], text -> text, kind.mostMembers(setCap));
    }
    nameAs(other.principal);
  }

  /**
   * Returns this fact's own list of addresses, which {@link FactCodec} fills when it reads the
   * fact.
   */
  CappedTexts addressTexts() {
    CappedTexts known = addresses;
    if (known == null) {
      known = new CappedTexts();
      addresses = known;
    }
    return known;
  }

  /**
   * Returns the time at which this fact's grace begins, in milliseconds since 1970. The grace is
   * how long the rule waits, by arrival times, before the absence of another event counts. It
   * begins with the first event. With an aggregate, it begins again with each event that changes
   * the aggregate (see {@link Visit#graceFrom}).
   */
  public long graceFrom() {
    return aggregate == null ? first.arrivalAt() : changedAt;
  }

  void graceFrom(long at) {
    changedAt = at;
  }

  /**
   * Returns whether this fact changed after its grace, and its day has not been judged again yet.
   * The fact's aggregate changed, and the grace that begins at {@link #graceFrom} was over. The
   * fact may soon change again.
   */
  public boolean isLate() {
    return late;
  }

  public void late(boolean now) {
    late = now;
  }

  /** Returns the number of members of all the fact's sets, plus 1 for the fact itself. */
  public int size() {
    int size = 1;
    for (CappedTexts set : sets) {
      size += set.size();
    }
    return size;
  }

  int weight() {
    return aggregate == null ? 0 : aggregate.size();
  }

  @Override
  public Aggregate aggregate() {
    if (aggregate == null) {
      throw new IllegalStateException("the kind of fact " + kind.name() + " has no aggregate");
    }
    return aggregate;
  }

  /** Returns how many milliseconds a time lies after the beginning of its minute. */
  static int millisOf(long at) {
    return (int) Math.floorMod(at, MINUTE_MILLIS);
  }

  static int minuteOf(long at) {
    return (int) Math.floorMod(Math.floorDiv(at, MINUTE_MILLIS), (long) MINUTES_PER_DAY);
  }

  int rank() {
    return rank;
  }

  @Nullable Object[] values() {
    return values;
  }

  /** Returns the addresses in the form that state stores. */
  List<Seen> storedAddresses() {
    return addresses == null ? List.of() : addresses.stored();
  }

  CappedTexts[] sets() {
    return sets;
  }

  /**
   * Returns this fact's own set of minutes, which {@link FactCodec} writes to state and fills from
   * state.
   */
  FactMinutes keptMinutes() {
    return minutes;
  }

  /**
   * Returns this fact's place in the order in which facts are dropped when there are too many.
   * Facts with a larger place are dropped first.
   */
  public long order() {
    if (!ordered) {
      order = FactOrder.ranked(rank, FactOrder.of(kind, values, location, principal));
      ordered = true;
    }
    return order;
  }

  /** Returns the verdicts that rest on the fact. Some may have been removed from their findings. */
  public List<FiredEntry> fired() {
    return fired;
  }

  /** Removes from this fact's list each verdict that was removed from its finding. */
  public void dropGone() {
    if (!fired.isEmpty()) {
      fired.removeIf(one -> one.place() < 0);
    }
  }

  /** Replaces the verdicts that rest on the fact. */
  public void fired(List<FiredEntry> now) {
    fired = now.isEmpty() ? List.of() : now;
  }

  void link(FiredEntry entry) {
    if (fired.size() >= mostFired) {
      fired.removeIf(one -> one.place() < 0);
      mostFired = Math.max(FEW_FIRED, 2 * fired.size());
    }
    if (!(fired instanceof ArrayList<FiredEntry>)) {
      fired = new ArrayList<>(2);
    }
    fired.add(entry);
  }

  public byte @Nullable [] storedKey() {
    return storedKey;
  }

  void readFrom(byte[] key, long orderOfKey) {
    storedKey = key;
    order = orderOfKey;
    ordered = true;
  }

  void storedAs(byte @Nullable [] key) {
    storedKey = key;
    dirty = false;
  }

  /**
   * Sets this fact's place in the order in which facts are dropped when there are too many. The
   * place comes from the rank that the rule gave the fact, and from the hash of the identity. The
   * hash is then not computed again.
   */
  public void setOrder(FactIdentity identity) {
    order = FactOrder.ranked(rank, identity.order());
    ordered = true;
  }

  /** Marks the fact as changed, so that it is written; returns whether it was not marked before. */
  public boolean markChanged() {
    boolean news = !dirty;
    dirty = true;
    return news;
  }

  boolean isDirty() {
    return dirty;
  }

  @Override
  public FactKind kind() {
    return kind;
  }

  @Override
  public int day() {
    return day;
  }

  @Override
  public boolean is(Field flag) {
    int place = flag.index();
    return place < Long.SIZE ? (flags & 1L << place) != 0 : Boolean.TRUE.equals(values[place]);
  }

  @Override
  public long number(Field number) {
    Object value = values[number.index()];
    return value == null ? 0 : (Long) value;
  }

  @Override
  public @Nullable String text(Field text) {
    return (String) values[text.index()];
  }

  @Override
  public List<Seen> members(Field set) {
    return sets[set.index()].list();
  }

  @Override
  public boolean has(Field set, String member) {
    return sets[set.index()].contains(member);
  }

  @Override
  public @Nullable Location location() {
    return location;
  }

  @Override
  public @Nullable Principal principal() {
    return principal;
  }

  @Override
  public EventReference first() {
    return first;
  }

  @Override
  public EventReference last() {
    return last;
  }

  @Override
  public long firstAt() {
    return firstAt;
  }

  @Override
  public long lastAt() {
    return lastAt;
  }

  @Override
  public BitSet minutes() {
    return minutes.all();
  }

  @Override
  public boolean hasExactMinutes() {
    return minutes.hasTimes();
  }

  @Override
  public long firstIn(int minute) {
    FactMinutes.Span times = minutes.times(minute);
    return times == null
        ? Fact.super.firstIn(minute)
        : (day * (long) MINUTES_PER_DAY + minute) * MINUTE_MILLIS + times.first();
  }

  @Override
  public long lastIn(int minute) {
    FactMinutes.Span times = minutes.times(minute);
    return times == null
        ? Fact.super.lastIn(minute)
        : (day * (long) MINUTES_PER_DAY + minute) * MINUTE_MILLIS + times.last();
  }

  @Override
  public List<Seen> addresses() {
    return addresses == null ? List.of() : addresses.list();
  }

  @Override
  public String traits() {
    String known = traits;
    if (known == null) {
      known = describe();
      traits = known;
    }
    return known;
  }

  private String describe() {
    StringBuilder text = new StringBuilder(120);
    Location at = location;
    if (at != null && kind.where() != FactKind.Where.NOWHERE) {
      Network network = at.network();
      text.append(kind.where() == FactKind.Where.ADDRESS ? at.address().text() : network.prefix());
      text.append('\n').append(network.asn()).append('\n').append(network.networkClass().word());
      text.append('\n');
      text.append(
          kind.where() == FactKind.Where.ADDRESS ? PlaceTexts.of(at.place()) : network.country());
    }
    text.append('\n').append(kind.name());
    for (Object value : values) {
      text.append('\n').append(value);
    }
    if (kind.isByPrincipal()) {
      text.append('\n').append(idOf(principal));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return kind.name() + " " + first.at() + ".." + last.at();
  }
}
