package dev.lockstep.detections.judgement;

import dev.lockstep.detections.message.RuleFailure;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.FindingId;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Immutable result of judging a subject's day by one rule once more, for the command {@code
 * explain}, the live page and tests of rules. It has facts, verdicts, and the findings given out
 * before.
 *
 * @param rule rule, for its texts
 * @param day UTC day, counted from 1970
 * @param facts kept facts by time
 * @param verdicts verdicts in the order of the rule's reports
 * @param overflow if more facts or findings came than are kept
 * @param failure failure of the rule when it judged the day, or null
 */
public record JudgedDay(
    Rule rule,
    Subject subject,
    int day,
    List<Fact> facts,
    List<JudgedFacts> verdicts,
    List<GivenOut> findings,
    boolean overflow,
    @Nullable String failure) {
  private static final int LONGEST_FAILURE = 300;

  private static final Comparator<Fact> BY_TIME =
      Comparator.comparingLong(Fact::firstAt)
          .thenComparingLong(Fact::lastAt)
          .thenComparing(fact -> fact.kind().name())
          .thenComparing(Fact::traits);

  /**
   * Finding of the day as it was last given out.
   *
   * @param count count of the finding; if the rule does not set it, {@code setCap} + 1 stands for
   *     any larger number
   * @param collapsed if it replaces too many findings of the day
   */
  public record GivenOut(
      String id,
      String reason,
      Severity severity,
      int count,
      long startAt,
      long endAt,
      boolean collapsed) {}

  public JudgedDay {
    facts = List.copyOf(facts);
    verdicts = List.copyOf(verdicts);
    findings = List.copyOf(findings);
  }

  public RuleInfo info() {
    return rule.info();
  }

  /**
   * Returns whether a predicate accepts the id of any finding of the day. The predicate is also
   * asked about the id that is computed from rule, subject and day alone, even if no such finding
   * was given out. The finding of a rule with one finding a day has such an id, and so has the
   * finding that replaces too many others of the day.
   */
  public boolean hasFinding(Predicate<String> isId) {
    return findings.stream().anyMatch(finding -> isId.test(finding.id()))
        || isId.test(FindingId.of(info(), subject, List.of(), day));
  }

  /** Returns the readable form of a text that the rule keeps in a set of a fact. */
  public String shown(String kept) {
    return shown(rule, kept);
  }

  static String shown(Rule rule, String kept) {
    try {
      return rule.shown(kept);
    } catch (Throwable e) {
      RuleFailure.throwOthers(e);
      return kept;
    }
  }

  /** Returns the verdicts on at least one fact that fulfils a predicate. */
  List<JudgedFacts> verdictsOn(Predicate<Fact> holds) {
    return verdicts.stream().filter(verdict -> verdict.facts().stream().anyMatch(holds)).toList();
  }

  /**
   * Returns the part of this day with the verdicts on facts that fulfil a predicate. The part has
   * these facts, the facts of this day in {@code compared}, and the findings of these verdicts.
   *
   * @param compared facts of any day that the chosen verdicts of all days are about or rest on
   */
  JudgedDay part(Predicate<Fact> holds, Set<Fact> compared) {
    List<JudgedFacts> some = verdictsOn(holds);
    List<GivenOut> given =
        findings.stream()
            .filter(one -> some.stream().anyMatch(verdict -> one.id().equals(verdict.finding())))
            .toList();
    List<Fact> shown =
        facts.stream().filter(fact -> compared.contains(fact) || holds.test(fact)).toList();
    return new JudgedDay(rule, subject, day, shown, some, given, overflow, failure);
  }

  public static JudgedDay of(ActiveRule rule, DayCase of, RuleDay day, boolean overflow) {
    Reported reported = new Reported();
    String failure = null;
    try {
      rule.rule().judge(of, reported);
    } catch (Throwable e) {
      RuleFailure.throwOthers(e);
      failure = textOf(e);
    }
    List<GivenOut> findings = new ArrayList<>();
    day.givenOut()
        .forEach(
            (id, one) ->
                findings.add(
                    new GivenOut(
                        id,
                        one.reason(),
                        one.severity(),
                        one.count(),
                        one.startAt(),
                        one.endAt(),
                        one.collapsed())));
    List<JudgedFacts> verdicts = new ArrayList<>();
    if (failure == null) {
      for (Report report : reported.reports) {
        verdicts.add(report.judged(rule, of.subject(), day));
      }
    }
    List<Fact> facts = new ArrayList<>(day.facts());
    facts.sort(BY_TIME);
    return new JudgedDay(
        rule.rule(),
        of.subject(),
        day.day(),
        facts,
        verdicts,
        findings,
        overflow || day.hasMoreFindings(),
        failure);
  }

  static String textOf(Throwable failure) {
    return RuleFailure.text(failure, LONGEST_FAILURE);
  }

  /** Report of a rule on some facts: they fire, gates suppress them, or they pass. */
  private static final class Report {
    private final JudgedFacts.Outcome outcome;
    private final List<String> by = new ArrayList<>(1);
    private final List<Fact> facts;
    private final Supplier<List<GateChecked>> gates;
    private final @Nullable Fired fired;

    Report(
        JudgedFacts.Outcome outcome,
        String by,
        Supplier<List<GateChecked>> gates,
        List<Fact> facts,
        @Nullable Fired fired) {
      this.outcome = outcome;
      this.by.add(by);
      this.gates = gates;
      this.facts = facts;
      this.fired = fired;
    }

    boolean isSuppressed(List<Fact> others) {
      if (outcome != JudgedFacts.Outcome.SUPPRESSED || facts.size() != others.size()) {
        return false;
      }
      for (int i = 0; i < facts.size(); i++) {
        if (facts.get(i) != others.get(i)) {
          return false;
        }
      }
      return true;
    }

    JudgedFacts judged(ActiveRule rule, Subject subject, RuleDay day) {
      Fired one = fired;
      if (one == null) {
        return new JudgedFacts(outcome, by, null, facts, List.of(), null, gates);
      }
      String own = FindingId.of(rule.info(), subject, one.parts(), day.day());
      String all = FindingId.of(rule.info(), subject, List.of(), day.day());
      return new JudgedFacts(
          outcome,
          by,
          one.severity(),
          facts,
          one.grounds(),
          day.givenOut().containsKey(own) ? own : day.givenOut().containsKey(all) ? all : null,
          one::gates);
    }
  }

  /** Receiver that keeps all verdicts of a rule on a day, in order to show them to people. */
  private static final class Reported implements Verdicts {
    private final List<Report> reports = new ArrayList<>();

    @Override
    public boolean isExplained() {
      return true;
    }

    @Override
    public Fired fires(
        String reason, Severity severity, Supplier<List<GateChecked>> gates, Fact... facts) {
      Fired fired = new Fired(reason, severity, gates, facts);
      reports.add(new Report(JudgedFacts.Outcome.FIRES, reason, gates, List.of(facts), fired));
      return fired;
    }

    @Override
    public void suppressed(String gate, Supplier<List<GateChecked>> gates, Fact... facts) {
      List<Fact> all = List.of(facts);
      Report last = reports.isEmpty() ? null : reports.get(reports.size() - 1);
      if (last != null && last.isSuppressed(all)) {
        last.by.add(gate);
      } else {
        reports.add(new Report(JudgedFacts.Outcome.SUPPRESSED, gate, gates, all, null));
      }
    }

    @Override
    public void passed(String why, Supplier<List<GateChecked>> gates, Fact... facts) {
      reports.add(new Report(JudgedFacts.Outcome.PASSED, why, gates, List.of(facts), null));
    }
  }
}
