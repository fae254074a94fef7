package dev.lockstep.detections.contribution;

import dev.lockstep.detections.alert.ShownAlerts;
import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.incident.Incidents;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.DayFinding;
import dev.lockstep.detections.state.KeptFinding;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.EventOrder;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Severities;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Composer of a rule's contribution to a finding from the verdicts that the finding rests on. */
public final class ContributionComposer {
  /** Value of the field {@code reason} of a detection that retracts its finding. */
  public static final String WITHDRAWN = "withdrawn";

  private static final int MOST_EVIDENCE = 20;
  private static final int MOST_RECORDS = 5;

  /**
   * Number of verdicts up to which all verdicts of a finding are sorted. If there are more, this
   * number of verdicts, the foremost by severity, reason and weight, are sorted, and the others
   * follow them unsorted. That suffices for the evidence.
   */
  private static final int MOST_SORTED = 256;

  private static final int MOST_ADDRESSES = 9;

  /**
   * Largest size, in bytes, of a finding of a rule that was loaded from a jar. A message of a topic
   * has at most about 1 MB.
   */
  private static final int MOST_BYTES = 256 * 1024;

  /**
   * Largest total length of the texts by which a rule from a jar tells its findings of one day
   * apart.
   */
  private static final int MOST_PARTS_CHARS = 2_048;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final long MINUTE_MILLIS = 60_000L;

  private final Enrichment enrichment;
  private final SingleObject<Contribution> codec =
      new SingleObject<>(Contribution.getClassSchema());

  public ContributionComposer(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  /** Contribution to send to the finding stage, and the finding as the subject's state keeps it. */
  public record Composed(Contribution contribution, KeptFinding finding) {}

  /** Returns the contribution that retracts a finding. */
  public Contribution withdrawn(ActiveRule rule, String id) {
    return contribution(
        start(rule.info(), id, WITHDRAWN, Severity.Informational), List.of(), List.of(), null);
  }

  /**
   * Returns the contribution that retracts a finding because another finding replaces it.
   *
   * @param one id of the finding that replaces it
   * @param reason reason of the finding that replaces it
   */
  public Contribution replaced(ActiveRule rule, String id, String one, String reason) {
    Detection detection = start(rule.info(), id, WITHDRAWN, Severity.Informational);
    detection.setDescription(
        "Retracted: finding %s (%s) replaces this finding and the others like it on that day."
            .formatted(one, reason));
    return contribution(detection, List.of(), List.of(), null);
  }

  private static Contribution contribution(
      Detection detection,
      List<FindingAddress> addresses,
      List<String> exceptions,
      @Nullable String group) {
    return new Contribution(detection, addresses, null, exceptions, null, 0L, 0L, group, null);
  }

  /**
   * Returns the name of the group in which a finding may form an incident with others, or null for
   * a finding in no group. Findings of Sigma rules are in no group, so that those rules change no
   * other finding.
   */
  private static @Nullable String group(
      RuleInfo rule, Subject subject, @Nullable Principal principal) {
    if (!rule.sha256().isEmpty()) {
      return null;
    }
    if (principal != null) {
      return Incidents.ofPrincipal(principal.getId());
    }
    return subject.kind() == Subject.Kind.ADDRESS ? Incidents.ofAddress(subject.id()) : null;
  }

  private static Detection start(RuleInfo rule, String id, String reason, Severity severity) {
    Detection detection = new Detection();
    detection.setId(id);
    detection.setRevision(0);
    detection.setRule(rule.id());
    detection.setRuleVersion(rule.version());
    detection.setRuleHash(rule.sha256().isEmpty() ? null : rule.sha256());
    detection.setReason(reason);
    detection.setSeverity(severity);
    detection.setTitle("");
    detection.setDescription("");
    detection.setCount(1);
    detection.setTactics(rule.tactics());
    detection.setTechniques(rule.techniques());
    detection.setEntities(new ArrayList<>());
    detection.setEvidence(new ArrayList<>());
    detection.setGates(new ArrayList<>());
    detection.setDefenderAlerts(List.of());
    return detection;
  }

  /**
   * Composes the contribution of a finding from its verdicts.
   *
   * @param overflow if more facts or events came than are kept
   * @param lastOutput last output, below which the finding must not fall if some of its facts are
   *     no longer kept; null if all are kept
   */
  public Composed compose(
      ActiveRule rule,
      Case of,
      String id,
      DayFinding finding,
      boolean overflow,
      @Nullable KeptFinding lastOutput) {
    List<Fired> fired = sorted(rule.info(), finding.fired());
    Fired first = fired.get(0);
    return compose(
        rule,
        of,
        id,
        finding.parts(),
        first.reason(),
        first.severity(),
        fired,
        count(fired, rule.settings().setCap()),
        0,
        overflow,
        lastOutput);
  }

  /**
   * Composes the contribution of the single finding that is given out in place of a day's findings,
   * because these are too many.
   *
   * @param all all verdicts of the findings
   * @param findings number of replaced findings
   */
  public Composed collapsed(
      ActiveRule rule,
      Case of,
      String id,
      List<Fired> all,
      int findings,
      RuleInfo.Collapse collapse,
      boolean overflow,
      @Nullable KeptFinding lastOutput) {
    List<Fired> fired = sorted(rule.info(), all);
    Severity highest = fired.get(0).severity();
    return compose(
        rule,
        of,
        id,
        List.of(),
        collapse.reason(),
        collapse.lowered() ? Severities.down(highest) : highest,
        fired,
        collapse.countsFindings() ? findings : count(fired, rule.settings().setCap()),
        findings,
        overflow,
        lastOutput);
  }

  private static List<Fired> sorted(RuleInfo info, List<Fired> fired) {
    List<Fired> sorted = new ArrayList<>(fired);
    Comparator<Fired> telling = (one, other) -> compare(info, one, other);
    if (sorted.size() <= MOST_SORTED) {
      sorted.forEach(Fired::complete);
      sorted.sort(telling);
    } else {
      bringFirst(sorted, telling);
    }
    return sorted;
  }

  private static int compare(RuleInfo info, Fired one, Fired other) {
    int order = other.severity().compareTo(one.severity());
    if (order == 0 && !one.reason().equals(other.reason())) {
      order = Integer.compare(info.rank(one.reason()), info.rank(other.reason()));
    }
    if (order == 0) {
      order = Double.compare(other.weight(), one.weight());
    }
    if (order == 0) {
      order = Long.compare(one.fact(0).firstAt(), other.fact(0).firstAt());
    }
    if (order == 0) {
      order = locatedFirst(one.fact(0), other.fact(0));
    }
    if (order == 0) {
      order = one.fact(0).traits().compareTo(other.fact(0).traits());
    }
    if (order == 0) {
      order = Integer.compare(one.size(), other.size());
    }
    for (int i = 1; i < one.size() && order == 0; i++) {
      order = locatedFirst(one.fact(i), other.fact(i));
      if (order == 0) {
        order = one.fact(i).traits().compareTo(other.fact(i).traits());
      }
      if (order == 0) {
        order = Long.compare(one.fact(i).firstAt(), other.fact(i).firstAt());
      }
    }
    return order;
  }

  /**
   * Compares two facts so that one with a location comes first. A call whose client's address only
   * Front Door's record tells may be in a fact without a location and in one with it.
   */
  private static int locatedFirst(Fact one, Fact other) {
    return Boolean.compare(one.location() == null, other.location() == null);
  }

  private static void bringFirst(List<Fired> all, Comparator<Fired> order) {
    PriorityQueue<Fired> first = new PriorityQueue<>(MOST_SORTED + 1, order.reversed());
    int kept = 0;
    for (int i = 0; i < all.size(); i++) {
      Fired one = all.get(i);
      if (first.size() < MOST_SORTED) {
        first.add(one);
      } else if (order.compare(one, first.element()) < 0) {
        all.set(kept++, first.remove());
        first.add(one);
      } else {
        all.set(kept++, one);
      }
    }
    List<Fired> sorted = new ArrayList<>(first);
    sorted.sort(order);
    List<Fired> others = List.copyOf(all.subList(0, kept));
    all.clear();
    all.addAll(sorted);
    all.addAll(others);
  }

  private Composed compose(
      ActiveRule rule,
      Case of,
      String id,
      List<String> parts,
      String reasonNow,
      Severity severityNow,
      List<Fired> fired,
      int counted,
      int collapsed,
      boolean overflow,
      @Nullable KeptFinding lastOutput) {
    RuleInfo info = rule.info();
    Settings settings = rule.settings();
    String reason = reasonNow;
    Severity severity = severityNow;
    if (lastOutput != null && !raises(info, severityNow, reasonNow, lastOutput)) {
      reason = lastOutput.reason();
      severity = lastOutput.severity();
    }
    int own = fired.get(0).count();
    int all = own >= 0 ? own : lastOutput == null ? counted : Math.max(lastOutput.count(), counted);
    int count = own >= 0 ? own : Math.min(settings.setCap(), all);
    long start = lastOutput == null ? Long.MAX_VALUE : lastOutput.startAt();
    long end = lastOutput == null ? Long.MIN_VALUE : lastOutput.endAt();
    AddressBag addresses = new AddressBag(settings.setCap());
    TreeSet<String> shown = new TreeSet<>();
    Set<Fact> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Fired one : fired) {
      for (int i = 0; i < one.size(); i++) {
        Fact fact = one.fact(i);
        long[] span = one.span();
        if (span != null) {
          start = Math.min(start, span[0]);
          end = Math.max(end, span[1]);
        } else if (fact.firstAt() < start) {
          start = Math.min(start, startOf(one, i));
        }
        if (span == null && fact.lastAt() > end) {
          end = Math.max(end, endOf(one, i));
        }
        boolean isNew = seen.add(fact);
        if (isNew || !fact.addresses().isEmpty()) {
          addAddresses(one, i, addresses);
        }
        Location at = fact.location();
        if (isNew && at != null && isInUse(at, fact, settings.setCap())) {
          shown.add(at.address().text());
        }
      }
    }
    addSubject(of.subject(), addresses);
    List<FindingAddress> allAddresses = addresses.list();
    Set<String> named = new LinkedHashSet<>(shown);
    allAddresses.forEach(address -> named.add(address.getAddress()));
    Finding finding =
        new Finding(
            of,
            parts,
            reason,
            severity,
            count,
            counted,
            fired,
            collapsed > 0 && of.subject().kind() != Subject.Kind.PRINCIPAL
                ? null
                : principal(of.subject(), fired),
            collapsed);
    Words words = rule.rule().tell(finding);
    Principal principal = words.principal() == null ? finding.principal() : words.principal();
    Detection detection = start(info, id, reason, severity);
    detection.setCount(count);
    boolean more =
        (own < 0 && all > settings.setCap()) || fired.stream().anyMatch(Fired::hasOverflow);
    detection.setOverflow((more || overflow) ? true : null);
    detection.setShadow(settings.isShadow() ? true : null);
    detection.setPrincipal(principal);
    detection.setIp(words.ip());
    detection.setStartTime(start);
    detection.setEndTime(end);
    detection.setColdStart(words.coldStart());
    detection.setTitle(words.title());
    detection.setDescription(words.description());
    detection.setGroup(words.group().isEmpty() ? null : words.group());
    if (of.subject().kind() == Subject.Kind.PARTNER) {
      Partner partner = enrichment.partners().byId(of.subject().id());
      detection.setPartner(
          new PartnerName(of.subject().id(), partner == null ? null : partner.name()));
    }
    detection.getEntities().addAll(Entities.accounts(principal));
    named.stream()
        .limit(MOST_ADDRESSES)
        .forEach(ip -> detection.getEntities().add(Entities.ip(ip)));
    detection.setEvidence(evidence(rule, of.subject(), fired, words.alerts()));
    detection.setDefenderAlerts(
        ShownAlerts.of(words.alerts().stream().map(AlertOnSubject::alert).toList()));
    List<GateChecked> gates = List.copyOf(fired.get(0).gates());
    detection.setGates(rule.isOfJar() ? storable(gates) : gates);
    boolean whole = !overflow && lastOutput == null;
    List<String> exceptions =
        covering(
            detection,
            network ->
                whole
                    && (isAt(network, of.subject())
                        || fired.stream().allMatch(one -> in(network, one))));
    fired.forEach(Fired::release);
    Contribution contribution =
        contribution(detection, allAddresses, exceptions, group(info, of.subject(), principal));
    if (rule.isOfJar()) {
      check(contribution, parts); // an exception counts as a failure of this rule alone
    }
    return new Composed(
        contribution,
        new KeptFinding(
            parts,
            reason,
            severity,
            own >= 0 ? own : Math.min(settings.setCap() + 1, all),
            start,
            end,
            collapsed > 0));
  }

  private void check(Contribution contribution, List<String> parts) {
    int partsLength = parts.stream().mapToInt(String::length).sum();
    if (partsLength > MOST_PARTS_CHARS) {
      throw new IllegalArgumentException(
          "the texts that distinguish a finding have %d characters, which is more than %d; pass shorter texts to Fired.in()"
              .formatted(partsLength, MOST_PARTS_CHARS));
    }
    int length = codec.encode(contribution).length;
    if (length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a finding takes %d bytes; shorten its words, gates and details, so that it takes at most %d"
              .formatted(length, MOST_BYTES));
    }
  }

  private static List<GateChecked> storable(List<GateChecked> gates) {
    List<GateChecked> all = new ArrayList<>(gates.size());
    for (GateChecked gate : gates) {
      List<Object> numbers = new ArrayList<>();
      gate.getNumbers()
          .forEach(
              (name, value) -> {
                numbers.add(name);
                numbers.add(value);
              });
      all.add(Gates.checked(gate.getGate(), gate.getVerdict(), numbers.toArray()));
    }
    return all;
  }

  private static boolean raises(
      RuleInfo info, Severity severity, String reason, KeptFinding lastOutput) {
    int higher = severity.compareTo(lastOutput.severity());
    return higher > 0 || (higher == 0 && info.rank(reason) <= info.rank(lastOutput.reason()));
  }

  /**
   * Returns the value of the field {@code count} of a finding. Each verdict adds its texts, such as
   * users, or, if it has none, the minutes in which its facts have events. Alike ones count once.
   * The count is at least 1. For very many verdicts, {@code most + 1} stands for any larger number.
   */
  private static int count(List<Fired> fired, int most) {
    Set<String> named = new HashSet<>();
    Map<Integer, BitSet> minutes = new HashMap<>();
    for (Fired one : fired) {
      List<String> counted = one.counted();
      if (counted != null) {
        named.addAll(counted);
        if (named.size() > most && fired.size() > MOST_SORTED) {
          return most + 1;
        }
        continue;
      }
      for (int i = 0; i < one.size(); i++) {
        minutes.computeIfAbsent(one.fact(i).day(), day -> new BitSet()).or(minutesOf(one, i));
      }
    }
    int count = named.size();
    for (BitSet ofDay : minutes.values()) {
      count += ofDay.cardinality();
    }
    return Math.max(1, count);
  }

  private static BitSet minutesOf(Fired fired, int place) {
    Fact fact = fired.fact(place);
    BitSet minutes = fact.minutes();
    long day = fact.day() * DAY_MILLIS;
    long from = fired.from(place);
    long to = fired.to(place);
    if (from <= day && to >= day + DAY_MILLIS - 1) {
      return minutes;
    }
    BitSet part = (BitSet) minutes.clone();
    if (from > day) {
      part.clear(0, (int) Math.min(1440, Math.floorDiv(from - day, MINUTE_MILLIS)));
    }
    if (to < day + DAY_MILLIS - 1) {
      part.clear((int) Math.max(0, Math.floorDiv(to - day, MINUTE_MILLIS) + 1), 1440);
    }
    return part;
  }

  private static long startOf(Fired fired, int place) {
    Fact fact = fired.fact(place);
    if (hasFirst(fired, place)) {
      return fact.firstAt();
    }
    BitSet minutes = minutesOf(fired, place);
    if (!minutes.isEmpty()) {
      long minute = fact.day() * DAY_MILLIS + minutes.nextSetBit(0) * MINUTE_MILLIS;
      return isFirstOfLastMinute(fact) && fact.lastAt() < minute + MINUTE_MILLIS
          ? fact.lastAt()
          : Math.max(fact.firstAt(), minute);
    }
    return fact.lastAt();
  }

  /**
   * Returns whether the first event of a fact lies in the time window of a verdict and still
   * counts. It does not count if all events of its minute were retracted.
   */
  private static boolean hasFirst(Fired fired, int place) {
    Fact fact = fired.fact(place);
    return fact.firstAt() >= fired.from(place)
        && fact.firstAt() <= fired.to(place)
        && fact.countsFirst();
  }

  /**
   * Returns whether the last event of a fact lies in the time window of a verdict and still counts.
   * It does not count if all events of its minute were retracted.
   */
  private static boolean hasLast(Fired fired, int place) {
    Fact fact = fired.fact(place);
    return fact.lastAt() >= fired.from(place)
        && fact.lastAt() <= fired.to(place)
        && fact.countsLast();
  }

  private static long endOf(Fired fired, int place) {
    Fact fact = fired.fact(place);
    if (hasLast(fired, place)) {
      return fact.lastAt();
    }
    BitSet minutes = minutesOf(fired, place);
    if (!minutes.isEmpty()) {
      long minute = fact.day() * DAY_MILLIS + (minutes.length() - 1) * MINUTE_MILLIS;
      return Math.max(fact.firstAt(), Math.min(fact.lastAt(), minute));
    }
    return fact.firstAt();
  }

  /**
   * Returns whether the last event that a fact keeps is the first one of its minute. Otherwise the
   * fact keeps its very last event.
   */
  private static boolean isFirstOfLastMinute(Fact fact) {
    return !fact.kind().hasRuns() && !fact.kind().hasExactEnd();
  }

  /**
   * Returns whether an event of a fact was at the fact's location, which is that of the first
   * event. It is false if that event was retracted and no other event had its address.
   *
   * @param most number of addresses that a fact keeps at most
   */
  private static boolean isInUse(Location at, Fact fact, int most) {
    List<Seen> addresses = fact.addresses();
    return !fact.kind().keepsAddresses()
        || addresses.size() >= most
        || addresses.stream().anyMatch(used -> used.text().equals(at.address().text()));
  }

  private void addAddresses(Fired fired, int place, AddressBag addresses) {
    Fact fact = fired.fact(place);
    Location at = fact.location();
    if (at == null && fact.addresses().isEmpty()) {
      return;
    }
    // The first event of a fact that unites addresses may have none, though others have.
    NetworkClass networkClass = at == null ? NetworkClass.UNKNOWN : at.network().networkClass();
    boolean isOfOneNetwork = fact.kind().where() != FactKind.Where.NOWHERE;
    if (at != null && !fact.kind().keepsAddresses()) {
      addresses.add(at.address().text(), () -> networkClass);
      return;
    }
    for (Seen used : fact.addresses()) {
      if (isWithin(fired, place, used)) {
        addresses.add(
            used.text(), () -> isOfOneNetwork ? networkClass : classOf(used, networkClass));
      }
    }
  }

  private NetworkClass classOf(Seen used, NetworkClass unknown) {
    Address address = Address.parse(used.text());
    return address == null ? unknown : enrichment.locate(address, null).network().networkClass();
  }

  private void addSubject(Subject subject, AddressBag addresses) {
    // The facts of some rules have no address, because all of them are about that of the subject.
    Location at = locationOf(subject);
    if (at != null && !addresses.has(at.address().text())) {
      addresses.add(at.address().text(), () -> at.network().networkClass());
    }
  }

  private @Nullable Location locationOf(Subject subject) {
    Address address = subject.kind() == Subject.Kind.ADDRESS ? Address.parse(subject.id()) : null;
    return address == null ? null : enrichment.locate(address, null);
  }

  private static boolean isWithin(Fired fired, int place, Seen used) {
    long day = fired.fact(place).day() * DAY_MILLIS;
    long from = fired.from(place);
    long to = fired.to(place);
    return (from == Long.MIN_VALUE
            || day + used.lastMinute() * MINUTE_MILLIS
                >= Math.floorDiv(from, MINUTE_MILLIS) * MINUTE_MILLIS)
        && (to == Long.MAX_VALUE || day + used.firstMinute() * MINUTE_MILLIS <= to);
  }

  /**
   * Addresses of a finding's events, each with its network classes. If there are too many
   * addresses, those with the smallest hashes are kept.
   */
  private static final class AddressBag {
    private final int most;
    private final TreeMap<Hashed, TreeSet<String>> classes = new TreeMap<>();

    /** Address with its hash, ordered by hash and then by address. */
    private record Hashed(long hash, String address) implements Comparable<Hashed> {
      @Override
      public int compareTo(Hashed other) {
        int order = Long.compare(hash, other.hash);
        return order == 0 ? address.compareTo(other.address) : order;
      }
    }

    AddressBag(int most) {
      this.most = most;
    }

    /**
     * Adds an address with the class of its network. If there are too many addresses, the one with
     * the largest hash is dropped, which may be the new one. The supplier of the class is called
     * only if the new one stays.
     */
    void add(String address, Supplier<NetworkClass> networkClass) {
      Hashed key = new Hashed(Hashes.of(address), address);
      if (classes.size() >= most && key.compareTo(classes.lastKey()) > 0) {
        return;
      }
      classes.computeIfAbsent(key, any -> new TreeSet<>()).add(networkClass.get().word());
      if (classes.size() > most) {
        classes.pollLastEntry();
      }
    }

    boolean has(String address) {
      return classes.containsKey(new Hashed(Hashes.of(address), address));
    }

    /**
     * Returns each address with each of its network classes, sorted by address and then by class.
     */
    List<FindingAddress> list() {
      List<FindingAddress> all = new ArrayList<>();
      classes.forEach(
          (key, words) -> words.forEach(word -> all.add(new FindingAddress(key.address(), word))));
      all.sort(
          Comparator.comparing(FindingAddress::getAddress)
              .thenComparing(FindingAddress::getNetworkClass));
      return all;
    }
  }

  /**
   * Returns the principal of a finding: the subject itself, or else the principal of the earliest
   * event that has one.
   */
  private static @Nullable Principal principal(Subject subject, List<Fired> fired) {
    if (subject.kind() == Subject.Kind.PRINCIPAL) {
      return own(subject, fired);
    }
    Principal principal = null;
    EventReference earliest = null;
    Principal between = null;
    long betweenAt = Long.MAX_VALUE;
    for (Fired one : fired) {
      for (int i = 0; i < one.size(); i++) {
        Fact fact = one.fact(i);
        Principal other = fact.principal();
        if (other == null || (earliest != null && earliest.at() < fact.firstAt())) {
          continue;
        }
        boolean hasFirst = hasFirst(one, i);
        if (!hasFirst && !hasLast(one, i)) {
          long at = startOf(one, i); // only the minute is known of the events in between
          if (between == null || at < betweenAt) {
            betweenAt = at;
            between = other;
          }
          continue;
        }
        EventReference event = hasFirst ? fact.first() : fact.last();
        if (earliest == null || EventOrder.earlier(event, earliest) == event) {
          earliest = event;
          principal = other;
        }
      }
    }
    return principal == null ? between : principal;
  }

  /**
   * Returns the subject as a principal, with name and type from the first verdict about that
   * principal. The verdicts are in their order in the finding. If none is about the principal, the
   * name is null and the type is {@code user}.
   */
  private static Principal own(Subject subject, List<Fired> fired) {
    for (Fired one : fired) {
      for (int i = 0; i < one.size(); i++) {
        Principal of = one.fact(i).principal();
        if (of != null && of.getId().equals(subject.id())) {
          return of;
        }
      }
    }
    return new Principal(subject.id(), null, "user");
  }

  private List<Evidence> evidence(
      ActiveRule rule, Subject subject, List<Fired> fired, List<AlertOnSubject> alerts) {
    Map<String, Evidence> events = new LinkedHashMap<>();
    List<EventReference> records = new ArrayList<>();
    alerts.forEach(alert -> records.addAll(alert.records()));
    List<EventReference> shown = records.subList(0, Math.min(MOST_RECORDS, records.size()));
    int most = MOST_EVIDENCE - shown.size();
    for (Fired one : fired) {
      for (int i = 0; i < one.size() && events.size() < most; i++) {
        for (EventReference event : rule.rule().evidence(one, i)) {
          if (events.size() < most) {
            show(
                events,
                evidence(
                    event,
                    one.fact(i),
                    subject,
                    rule.settings().setCap(),
                    withoutAbsent(rule.rule().mattered(one, i))));
          }
        }
      }
    }
    List<Evidence> evidence = new ArrayList<>(events.values());
    for (EventReference record : shown) {
      evidence.add(
          evidence(
              record, null, new TreeMap<>(Map.of("observation", "record of the Defender alert"))));
    }
    return evidence;
  }

  private static Map<String, String> withoutAbsent(Map<String, String> mattered) {
    Map<String, String> present = new TreeMap<>(mattered);
    present.values().removeIf(Objects::isNull);
    return present;
  }

  /**
   * Returns the evidence that cites one event of a fact, with the event's network and address as
   * far as the fact tells them. In an aggregate, and among several addresses, only the first
   * event's location is known. If all events of the fact are in one network, the network of any
   * other event is known too, and the address if only one was in use in the event's minute. A kind
   * that unites several addresses and keeps none tells the address of the first event alone. If the
   * fact has no location, but the subject is an address, the address of the event is the subject.
   * The location of a retracted first event is not cited, unless another event had the same
   * address.
   *
   * @param most number of addresses that a fact keeps at most
   */
  private Evidence evidence(
      EventReference event, Fact fact, Subject subject, int most, Map<String, String> mattered) {
    FactKind kind = fact.kind();
    Location first = fact.location();
    if (first == null) {
      return atSubject(event, subject, mattered);
    }
    List<Seen> addresses = fact.addresses();
    boolean isFirstInUse = isInUse(first, fact, most);
    boolean isFirst = event.isSameEvent(fact.first());
    Location at = isFirstInUse ? first : locationLeft(fact);
    boolean isKnown =
        isFirst
            ? isFirstInUse || kind.hasAggregate() // an aggregate cites no retracted event
            : !kind.hasAggregate() && at != null && isOfOneAddress(fact, at, subject);
    if (isKnown && at != null) {
      return evidence(event, at, mattered);
    }
    if (kind.hasAggregate() || kind.where() == FactKind.Where.NOWHERE) {
      return evidence(event, null, mattered);
    }
    int minute = (int) (Math.floorMod(event.at(), DAY_MILLIS) / MINUTE_MILLIS);
    List<String> inUse =
        addresses.stream()
            .filter(used -> used.firstMinute() <= minute && minute <= used.lastMinute())
            .map(Seen::text)
            .toList();
    if (at != null && addresses.size() < most && inUse.equals(List.of(at.address().text()))) {
      return evidence(event, at, mattered);
    }
    Evidence evidence = evidence(event, null, mattered);
    evidence.setIp(addresses.size() < most && inUse.size() == 1 ? inUse.get(0) : null);
    evidence.setNetwork(seen(first.network()));
    return evidence;
  }

  /** Returns the location of the only address that a fact has left, or null if it has others. */
  private @Nullable Location locationLeft(Fact fact) {
    List<Seen> left = fact.addresses();
    Address only = left.size() == 1 ? Address.parse(left.get(0).text()) : null;
    return only == null ? null : enrichment.locate(only, null);
  }

  /**
   * Returns the evidence that cites one event of a fact that keeps no location. If the subject is
   * an address, the evidence has this address and its network. Place is absent, because the record
   * of the event may give a place of its own, which the fact does not keep.
   */
  private Evidence atSubject(EventReference event, Subject subject, Map<String, String> mattered) {
    Evidence evidence = evidence(event, null, mattered);
    Location at = locationOf(subject);
    if (at != null) {
      evidence.setIp(at.address().text());
      evidence.setNetwork(seen(at.network()));
    }
    return evidence;
  }

  /** Returns whether all events of a fact are known to be at one address, which is in use. */
  private static boolean isOfOneAddress(Fact fact, Location at, Subject subject) {
    FactKind kind = fact.kind();
    return kind.keepsAddresses()
        ? fact.addresses().size() == 1
        : kind.where() == FactKind.Where.ADDRESS
            || (subject.kind() == Subject.Kind.ADDRESS && subject.id().equals(at.address().text()));
  }

  /**
   * Adds evidence of an event to a finding's evidence, but only once for each event and address.
   * Evidence with an address replaces evidence of the same event without one. Evidence without an
   * address is added only if there is no evidence of the event yet.
   */
  private static void show(Map<String, Evidence> shown, Evidence evidence) {
    String event = evidence.getCategory() + "\n" + evidence.getEventId() + "\n";
    if (evidence.getIp() != null) {
      shown.remove(event);
      shown.putIfAbsent(event + evidence.getIp(), evidence);
    } else if (shown.keySet().stream().noneMatch(key -> key.startsWith(event))) {
      shown.put(event, evidence);
    }
  }

  static Evidence evidence(
      EventReference event, @Nullable Location at, Map<String, String> mattered) {
    Where where = event.where();
    boolean file = where.getFile() != null;
    Evidence evidence = new Evidence();
    evidence.setSource(where.getSource());
    evidence.setCategory(event.category());
    evidence.setEventId(event.eventId());
    evidence.setHub(where.getHub());
    evidence.setPartition(file ? null : Integer.valueOf(where.getPartition()));
    evidence.setOffset(file ? null : Long.valueOf(where.getPosition()));
    evidence.setFile(where.getFile());
    evidence.setLine(file ? Long.valueOf(where.getPosition()) : null);
    evidence.setIndex(where.getIndex());
    evidence.setTime(event.at());
    if (at != null) {
      Place place = at.place();
      evidence.setIp(at.address().text());
      evidence.setPlace(
          place.known()
              ? new PlaceSeen(
                  place.country(),
                  place.city(),
                  place.latitude(),
                  place.longitude(),
                  place.accuracyKm())
              : null);
      evidence.setNetwork(seen(at.network()));
    }
    evidence.setMattered(mattered);
    return evidence;
  }

  private static NetworkSeen seen(Network network) {
    return new NetworkSeen(
        network.asn(),
        network.organisation(),
        network.prefix(),
        network.country(),
        network.networkClass() == NetworkClass.UNKNOWN ? null : network.networkClass().word());
  }

  /**
   * @param touched test of whether the network of an exception covers the finding. It does if the
   *     finding is about an address in the network, or if each verdict of the finding has a fact
   *     with an address in the network. If not all verdicts are kept, the answer is false.
   */
  private List<String> covering(Detection finding, Predicate<NamedNetwork> touched) {
    List<String> covering = new ArrayList<>(0);
    String rule = RuleInfo.ruleOf(finding.getRule());
    for (ExceptionEntry entry : enrichment.exceptions().of(rule)) {
      NamedNetwork network = entry.network();
      if (entry.names(
              rule,
              finding.getPrincipal() == null ? null : finding.getPrincipal().getId(),
              finding.getPartner() == null ? null : finding.getPartner().getId(),
              finding.getEndTime())
          && (network == null || touched.test(network))) {
        covering.add(entry.id());
      }
    }
    return covering;
  }

  private boolean isAt(NamedNetwork network, Subject subject) {
    Location at = locationOf(subject); // facts about an address may have no address of their own
    return at != null && network.contains(at.address(), at.network().asn(), at.network().country());
  }

  /**
   * Returns whether the network of an exception covers a verdict. One fact in the network is
   * enough, unless the fact may have events in several networks. If all facts with an address are
   * such, each has to be in the network, because none of them stands for a side of its own.
   */
  private boolean in(NamedNetwork network, Fired fired) {
    boolean isAnyOfSides = false;
    boolean isAnyOut = false;
    boolean isAnyIn = false;
    for (int i = 0; i < fired.size(); i++) {
      Fact fact = fired.fact(i);
      if (!isAtAnyAddress(fired, i)) {
        continue;
      }
      boolean isIn = in(network, fired, i);
      if (isOfAnyNetwork(fact)) {
        isAnyIn |= isIn;
        isAnyOut |= !isIn;
      } else if (isIn) {
        return true;
      } else {
        isAnyOfSides = true;
      }
    }
    return isAnyIn && !isAnyOut && !isAnyOfSides;
  }

  /** Returns whether a fact may have events at several addresses in different networks. */
  private static boolean isOfAnyNetwork(Fact fact) {
    return fact.kind().where() == FactKind.Where.NOWHERE && fact.kind().keepsAddresses();
  }

  /**
   * Returns whether an event of a fact has an address. If the events may be in several networks, an
   * event that counts for the verdict has to have it; else the first event.
   */
  private static boolean isAtAnyAddress(Fired fired, int place) {
    Fact fact = fired.fact(place);
    return isOfAnyNetwork(fact)
        ? fact.addresses().stream().anyMatch(used -> isWithin(fired, place, used))
        : fact.location() != null;
  }

  private boolean in(NamedNetwork network, Fired fired, int place) {
    Fact fact = fired.fact(place);
    if (isOfAnyNetwork(fact)) {
      return areIn(network, fired, place);
    }
    Location at = fact.location();
    if (at == null) {
      return false;
    }
    boolean isByAddress = network.isRange() && !fact.addresses().isEmpty();
    return isByAddress
        ? areIn(network, fired, place)
        : network.contains(at.address(), at.network().asn(), at.network().country());
  }

  private boolean areIn(NamedNetwork network, Fired fired, int place) {
    for (Seen used : fired.fact(place).addresses()) {
      if (isWithin(fired, place, used) && !contains(network, used.text())) {
        return false;
      }
    }
    return true;
  }

  private boolean contains(NamedNetwork network, String text) {
    Address address = Address.parse(text);
    if (network.isRange() || address == null) {
      return network.contains(address, null, null);
    }
    Network known = enrichment.locate(address, null).network();
    return network.contains(address, known.asn(), known.country());
  }
}
