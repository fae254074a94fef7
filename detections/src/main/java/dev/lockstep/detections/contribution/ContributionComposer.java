package dev.lockstep.detections.contribution;

import dev.lockstep.detections.alert.ShownAlerts;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.DayFinding;
import dev.lockstep.detections.state.KeptFinding;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.EventOrder;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Composer of a rule's contribution to a finding from the verdicts that the finding rests on. */
public final class ContributionComposer {
  private static final int MOST_ADDRESSES = 9;

  /**
   * Largest size, in bytes, of a finding of a rule that was loaded from a jar. A message of a topic
   * has at most about 1 MB.
   */
  private static final int MOST_BYTES = 256 * 1024;

  /**
   * Largest total number of characters of the texts that distinguish a finding from other findings
   * of the same day, for a rule from a jar.
   */
  private static final int MOST_PARTS_CHARS = 2_048;

  private final Enrichment enrichment;
  private final EvidenceComposer evidence;
  private final CoveringExceptions exceptions;
  private final SingleObject<Contribution> codec =
      new SingleObject<>(Contribution.getClassSchema());

  public ContributionComposer(Enrichment enrichment) {
    this.enrichment = enrichment;
    this.evidence = new EvidenceComposer(enrichment);
    this.exceptions = new CoveringExceptions(enrichment);
  }

  /** Contribution to send to the finding stage, and the finding as the subject's state keeps it. */
  public record Composed(Contribution contribution, KeptFinding finding) {}

  /** Returns the contribution that retracts a finding. */
  public Contribution withdrawn(ActiveRule rule, String id) {
    return contribution(
        start(rule.info(), id, DetectionStatus.WITHDRAWN, Severity.Informational),
        List.of(),
        List.of(),
        null);
  }

  /**
   * Returns the contribution that retracts a finding because another finding replaces it.
   *
   * @param one id of the finding that replaces it
   * @param reason reason of the finding that replaces it
   */
  public Contribution replaced(ActiveRule rule, String id, String one, String reason) {
    Detection detection = start(rule.info(), id, DetectionStatus.WITHDRAWN, Severity.Informational);
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
      return IncidentGroups.ofPrincipal(principal.getId());
    }
    return subject.kind() == Subject.Kind.ADDRESS ? IncidentGroups.ofAddress(subject.id()) : null;
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
   * @param lastOutput last output of the finding if some of its facts may no longer be kept,
   *     otherwise null; reason and severity of that output stay unless the new ones are higher
   */
  public Composed compose(
      ActiveRule rule,
      Case of,
      String id,
      DayFinding finding,
      boolean overflow,
      @Nullable KeptFinding lastOutput) {
    List<Fired> fired = VerdictOrder.sorted(rule.info(), finding.fired());
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
    List<Fired> fired = VerdictOrder.sorted(rule.info(), all);
    return compose(
        rule,
        of,
        id,
        List.of(),
        collapse.reason(),
        collapse.severity(fired.get(0).severity()),
        fired,
        collapse.countsFindings() ? findings : count(fired, rule.settings().setCap()),
        findings,
        overflow,
        lastOutput);
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
    if (lastOutput != null && lastOutput.compareWith(info, severityNow, info.rank(reasonNow)) < 0) {
      reason = lastOutput.reason();
      severity = lastOutput.severity();
    }
    int own = fired.get(0).count();
    int all = own >= 0 ? own : lastOutput == null ? counted : Math.max(lastOutput.count(), counted);
    int count = own >= 0 ? own : Math.min(settings.setCap(), all);
    long start = lastOutput == null ? Long.MAX_VALUE : lastOutput.startAt();
    long end = lastOutput == null ? Long.MIN_VALUE : lastOutput.endAt();
    Location subjectAt = locationOf(of.subject());
    FindingAddresses addresses = new FindingAddresses(enrichment, settings.setCap());
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
          start = Math.min(start, CountedFacts.start(one, i));
        }
        if (span == null && fact.lastAt() > end) {
          end = Math.max(end, CountedFacts.end(one, i));
        }
        boolean isNew = seen.add(fact);
        if (isNew || !fact.addresses().isEmpty()) {
          addresses.add(one, i);
        }
        Location at = fact.location();
        if (isNew && at != null && CountedFacts.hasFirstAddress(at, fact, settings.setCap())) {
          shown.add(at.address().text());
        }
      }
    }
    if (subjectAt != null) {
      addresses.add(subjectAt); // rules about an address may have facts without one
    }
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
    detection.setEvidence(evidence.compose(rule, of.subject(), subjectAt, fired, words.alerts()));
    detection.setDefenderAlerts(
        ShownAlerts.of(words.alerts().stream().map(AlertOnSubject::alert).toList()));
    List<GateChecked> gates = List.copyOf(fired.get(0).gates());
    detection.setGates(rule.isOfJar() ? storable(gates) : gates);
    boolean whole = !overflow && lastOutput == null;
    List<String> covering = exceptions.of(detection, subjectAt, fired, whole);
    fired.forEach(Fired::release);
    Contribution contribution =
        contribution(detection, allAddresses, covering, group(info, of.subject(), principal));
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

  /**
   * Returns the value of the field {@code count} of a finding. Each verdict adds its texts, such as
   * users, or, if it has none, the minutes in which its facts have events. Equal texts count once,
   * and so do equal minutes. The count is at least 1. For very many verdicts, {@code most + 1}
   * stands for any larger number.
   */
  private static int count(List<Fired> fired, int most) {
    Set<String> named = new HashSet<>();
    Map<Integer, BitSet> minutes = new HashMap<>();
    for (Fired one : fired) {
      List<String> counted = one.counted();
      if (counted != null) {
        named.addAll(counted);
        if (named.size() > most && fired.size() > VerdictOrder.MOST_SORTED) {
          return most + 1;
        }
        continue;
      }
      for (int i = 0; i < one.size(); i++) {
        minutes
            .computeIfAbsent(one.fact(i).day(), day -> new BitSet())
            .or(CountedFacts.minutes(one, i));
      }
    }
    int count = named.size();
    for (BitSet ofDay : minutes.values()) {
      count += ofDay.cardinality();
    }
    return Math.max(1, count);
  }

  private @Nullable Location locationOf(Subject subject) {
    Address address = subject.kind() == Subject.Kind.ADDRESS ? Address.parse(subject.id()) : null;
    return address == null ? null : enrichment.locate(address, null);
  }

  /**
   * Returns the principal of a finding: the subject if it is a principal, otherwise the principal
   * of the earliest event that has one.
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
        boolean hasFirst = CountedFacts.hasFirst(one, i);
        if (!hasFirst && !CountedFacts.hasLast(one, i)) {
          long at = CountedFacts.start(one, i); // only the minute is known of the events in between
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
    return new Principal(subject.id(), null, PrincipalTypes.USER);
  }
}
