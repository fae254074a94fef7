package dev.lockstep.detections.judgement;

import dev.lockstep.detections.alert.AlertExchange;
import dev.lockstep.detections.contribution.ContributionComposer;
import dev.lockstep.detections.message.OngoingCall;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.message.RuleFailure;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.LessonsCodec;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.state.SubjectState;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Caller of rules that judge days, learn lessons and describe findings. It catches and counts their
 * failures, and counts slow judgements. After a failure the earlier result stays.
 */
public final class RuleCalls {
  /** Largest total length, in UTF-16 units, of the traits that a rule learns from one day. */
  private static final int MOST_LESSON_CHARS = 65_536;

  /** Upper bound of the bytes that a character of a trait takes in a state record. */
  private static final long CHAR_BYTES = 3;

  /**
   * Upper bound of the bytes that a trait of a day takes in a state record in addition to its text.
   */
  private static final long TRAIT_BYTES = 32;

  private final Enrichment enrichment;
  private final RuleCounts counts;
  private final OngoingCall call = new OngoingCall();
  private JudgementTimer timer = new JudgementTimer();
  private boolean uncounted;
  private boolean keepsLessons;

  public RuleCalls(Enrichment enrichment, RuleCounts counts) {
    this.enrichment = enrichment;
    this.counts = counts;
    counts.calls(call);
  }

  /** Sets the timer that measures how long each judgement takes. */
  public void timer(JudgementTimer other) {
    timer = other;
  }

  /**
   * Declares that lessons are kept even if no later day can use them. The limit on the size of a
   * rule's lessons then ignores such lessons. Without this call, such lessons are dropped and never
   * count.
   */
  public void keepLessons() {
    keepsLessons = true;
  }

  /**
   * Runs a computation without counting failures of rules. Its result is only shown to people, and
   * the failures were counted before.
   */
  public <T> T uncounted(Supplier<T> question) {
    uncounted = true;
    try {
      return question.get();
    } finally {
      uncounted = false;
    }
  }

  private void failed(String rule, String what, Throwable failure) {
    if (!uncounted) {
      counts.failed(rule, what, failure);
    }
  }

  /**
   * Lets a rule judge a day of a subject, and returns the rule's verdicts, or null if the rule
   * failed. The facts that the rule relays come with the verdicts, unless the scope has a fact that
   * is not kept.
   *
   * @param graceAt arrival time in milliseconds since 1970; a wait for missing facts is over if it
   *     ends at or before this time
   */
  public @Nullable CollectedVerdicts judge(
      SubjectState subject, RuleState state, RuleDay day, JudgementScope scope, long graceAt) {
    List<AlertOnSubject> alerts = AlertExchange.of(subject.alerts());
    return judge(subject, state, day, scope, alerts, graceAt);
  }

  /**
   * Returns the verdicts of a rule on a day of a subject as if the given alert were the subject's
   * only alert. They are null if the rule failed or the subject does not have the alert.
   *
   * @param graceAt arrival time in milliseconds since 1970; a wait for missing facts is over if it
   *     ends at or before this time
   */
  public @Nullable CollectedVerdicts judgeBy(
      AlertOnSubject alert, SubjectState subject, RuleState state, RuleDay day, long graceAt) {
    List<AlertOnSubject> alone =
        AlertExchange.of(subject.alerts()).stream()
            .filter(one -> one.alert().getId().equals(alert.alert().getId()))
            .toList();
    return alone.isEmpty()
        ? null
        : judge(subject, state, day, JudgementScope.WHOLE_DAY, alone, graceAt);
  }

  private @Nullable CollectedVerdicts judge(
      SubjectState subject,
      RuleState state,
      RuleDay day,
      JudgementScope scope,
      List<AlertOnSubject> alerts,
      long graceAt) {
    CollectedVerdicts verdicts = new CollectedVerdicts(scope);
    ActiveRule rule = state.rule();
    DayCase of =
        new DayCase(subject.subject(), state, day.day(), scope, alerts, graceAt, enrichment);
    timer.begins();
    call.begins(rule.info().id(), "judge", subject.subject().kind());
    try {
      rule.rule().judge(of, verdicts);
      verdicts.relays().forEach(fact -> check(rule, fact));
      verdicts.checkGrounds();
      verdicts.awaited(of.asked());
      return verdicts;
    } catch (Throwable e) {
      RuleFailure.throwOthers(e);
      failed(rule.info().id(), "judge", e);
      return null;
    } finally {
      call.ends();
      long millis = timer.millisIfSlow();
      if (millis > 0) {
        counts.slow(rule.info().id(), millis);
      }
    }
  }

  /**
   * Throws an exception if a relayed fact does not fit what the rule declares. A rule relays a fact
   * by passing it on to another subject. The rule has to declare the kind of the subject. The kind
   * of the fact must have as many texts and sets as the fact, and no other fields.
   */
  private static void check(ActiveRule rule, RelayedFact fact) {
    CollectedVerdicts.required(fact.event(), "event of a relayed fact");
    FactKind kind = rule.info().kinds().get(rule.kindOf(fact.kind()));
    boolean isOfTexts =
        kind.fields().stream()
            .allMatch(field -> field.type() == Field.Type.TEXT || field.type() == Field.Type.SET);
    if (!isOfTexts) {
      throw new IllegalArgumentException(
          "the rule relays a fact of the kind %s, which has fields other than texts and sets; declare a kind that has only texts and sets"
              .formatted(kind.name()));
    }
    if (kind.values() != fact.values().size() || kind.sets() != fact.members().size()) {
      throw new IllegalArgumentException(
          "the rule relays a fact with %d texts and %d sets, but its kind %s has %d texts and %d sets; give a value for each field of the kind"
              .formatted(
                  fact.values().size(),
                  fact.members().size(),
                  kind.name(),
                  kind.values(),
                  kind.sets()));
    }
    Statement.checkSubject(rule, fact.subject(), "the rule relays a fact about");
  }

  /**
   * Returns the result of work that runs code of a rule, or null if that code failed.
   *
   * @param what what the rule is doing, by which a failure is counted
   */
  public <T> @Nullable T guarded(ActiveRule rule, String what, Supplier<T> work) {
    return guarded(rule, what, "", work);
  }

  private <T> @Nullable T guarded(ActiveRule rule, String what, Object of, Supplier<T> work) {
    call.begins(rule.info().id(), what, of);
    try {
      return work.get();
    } catch (Throwable e) {
      RuleFailure.throwOthers(e);
      failed(rule.info().id(), what, e);
      return null;
    } finally {
      call.ends();
    }
  }

  /**
   * Returns the input with which a rule judges a day of a subject. It has all facts that are kept
   * of the day.
   */
  public DayCase caseOf(SubjectState subject, RuleState state, RuleDay day, long graceAt) {
    return new DayCase(
        subject.subject(),
        state,
        day.day(),
        JudgementScope.WHOLE_DAY,
        AlertExchange.of(subject.alerts()),
        graceAt,
        enrichment);
  }

  /**
   * Lets a rule learn from a closed day, and returns the lessons, or null if the rule failed.
   *
   * @param lost if facts that the day reads are not kept
   */
  public @Nullable Map<String, Integer> learn(
      Subject subject, RuleState state, RuleDay day, boolean lost) {
    ActiveRule rule = state.rule();
    return guarded(
        rule,
        "learn",
        subject.kind(),
        () -> {
          Map<String, Integer> traits = new HashMap<>(4);
          rule.rule()
              .learn(
                  new ClosedDay(subject, state, day, lost),
                  (trait, amount) -> {
                    CollectedVerdicts.required(trait, "trait of a lesson");
                    traits.put(trait, amount);
                  });
          checkLength(traits.keySet());
          if (rule.isOfJar()) {
            checkRecord(state, day.day(), traits);
          }
          return traits;
        });
  }

  private static void checkLength(Set<String> traits) {
    long length = 0;
    for (String trait : traits) {
      length += trait.length();
    }
    if (length > MOST_LESSON_CHARS) {
      throw new IllegalArgumentException(
          "the traits of one day have %d characters together; at most %d are allowed; let the rule learn shorter or fewer traits"
              .formatted(length, MOST_LESSON_CHARS));
    }
  }

  /**
   * Throws an exception if the lessons of a day, together with those of the other days, are too
   * large for one state record.
   */
  private void checkRecord(RuleState state, int day, Map<String, Integer> traits) {
    NavigableMap<Integer, Map<String, Integer>> lessons = state.lessons();
    if (traits.isEmpty() || traits.equals(lessons.get(day))) {
      return;
    }
    int first = keepsLessons ? day - state.daysOfLessons() : Integer.MIN_VALUE;
    TreeMap<Integer, Map<String, Integer>> all = new TreeMap<>(lessons.tailMap(first, true));
    all.put(day, traits);
    if (mostBytes(all) <= StateCodec.MOST_RECORD_BYTES) {
      return; // an upper bound is faster to compute than the size
    }
    int length = LessonsCodec.length(all);
    if (length > StateCodec.MOST_RECORD_BYTES) {
      throw new IllegalArgumentException(
          "the lessons of one subject take %d bytes together; let the rule learn shorter or fewer traits, or learn from fewer days, so that its lessons take at most %d bytes"
              .formatted(length, StateCodec.MOST_RECORD_BYTES));
    }
  }

  private static long mostBytes(Map<Integer, Map<String, Integer>> lessons) {
    long most = 0;
    for (Map<String, Integer> traits : lessons.values()) {
      most += TRAIT_BYTES * (traits.size() + 1);
      for (String trait : traits.keySet()) {
        most += CHAR_BYTES * trait.length();
      }
    }
    return most;
  }

  /**
   * Drops what a rule has learned and no longer needs.
   *
   * @param low UTC day up to which everything has passed; events of days after it may still come
   */
  public void prune(RuleState state, int low) {
    if (state.days().isEmpty()) {
      return;
    }
    guarded(
        state.rule(),
        "remember",
        () -> {
          state.prune(Math.min(state.days().lastKey(), low));
          return true;
        });
  }

  /**
   * Runs code of a rule that describes a finding, and returns the result, or null if that code
   * failed. The result has the contribution to send and the finding as the subject's state keeps
   * it.
   */
  public ContributionComposer.@Nullable Composed compose(
      ActiveRule rule, Supplier<ContributionComposer.Composed> telling) {
    return guarded(rule, "tell", telling);
  }
}
