package dev.lockstep.detections.message;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.sigma.MatchOutcome;
import dev.lockstep.detections.sigma.SigmaPass;
import dev.lockstep.detections.sigma.SigmaSet;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Part of the engine that lets all rules observe each event, and collects by subject the facts that
 * they state. It is for one thread.
 */
public final class EventObserver {
  private static final int LONGEST_TEXT = 512;
  private static final int MOST_MEMBERS = 64;
  private static final int MOST_AGGREGATED = 4_096;

  /** Largest number of facts that a rule may state of one event without failing. */
  private static final int MOST_STATEMENTS = 16_384;

  /**
   * Name of the counter of copies that a rule ignores because they differ from the first copy of
   * their event. The rule judges the first copy alone.
   */
  static final String DIFFERING_COPIES = "differingCopies";

  /**
   * Number of the latest facts that are remembered so that an equal fact is not stated again. Only
   * facts that a rule needs to state once for a subject and day are remembered, in {@link #daily}.
   * At times, up to twice as many are remembered. If there are more, the oldest are dropped. A fact
   * that is equal to a dropped one may be stated again, which changes no verdict.
   */
  private static final int MOST_DAILY = 65_536;

  private final List<Stating> rules = new ArrayList<>();
  private final Map<String, List<Stating>> byCategory = new HashMap<>();
  private final IdentityHashMap<SigmaSetRule, Stating> sigmaRules = new IdentityHashMap<>();
  private final Set<String> sigmaCategories = new HashSet<>();
  private final List<SigmaPass> sigma = new ArrayList<>(1);
  private final RuleCounts counts;
  private final OngoingCall call = new OngoingCall();
  private Map<Subject, List<Statement>> stated = new LinkedHashMap<>();

  /**
   * Lists in {@link #stated} to which the current rule added a fact, so that the fact can be
   * removed again. A list with two facts of the rule is here twice. This is not used for Sigma
   * rules.
   */
  private final List<List<Statement>> latest = new ArrayList<>();

  private RecentFacts daily = new RecentFacts(MOST_DAILY);
  private boolean ignoresFailures;
  private int day;
  private boolean retracting;

  /** Receiver of the facts that rules derive from an event, one {@link Visit} for each subject. */
  @FunctionalInterface
  public interface Visits {
    /** Receives the facts that rules state about one subject because of one event. */
    void take(Visit visit);
  }

  /** Creates a collector of the facts that the given rules state. */
  public EventObserver(List<ActiveRule> rules, RuleCounts counts) {
    Set<SigmaSet> sets = new LinkedHashSet<>();
    for (ActiveRule rule : rules) {
      Stating stating = new Stating(rule);
      if (rule.rule() instanceof SigmaSetRule ofSet) {
        sigmaRules.put(ofSet, stating);
        sigmaCategories.addAll(rule.info().categories());
        sets.add(ofSet.set());
      } else {
        this.rules.add(stating);
        rule.info()
            .categories()
            .forEach(
                category ->
                    byCategory.computeIfAbsent(category, any -> new ArrayList<>()).add(stating));
      }
    }
    sets.forEach(set -> sigma.add(set.pass()));
    this.counts = counts;
    counts.calls(call);
  }

  /**
   * Returns whether a rule reads an activity's log category. It is false for a watermark and for an
   * identity link.
   */
  public boolean reads(Activity activity) {
    String category = activity.getCategory();
    return isEvent(activity)
        && (sigmaCategories.contains(category) || byCategory.containsKey(category));
  }

  /** Returns whether an activity is neither a watermark nor an identity link. */
  public static boolean isEvent(Activity activity) {
    return activity.getKind() != ActivityKind.CLOCK
        && activity.getKind() != ActivityKind.IDENTITY_LINK;
  }

  /**
   * Lets the rules observe an event, and passes their facts to a receiver. The receiver gets one
   * {@link Visit} for each subject.
   */
  public void observe(Event event, Visits visits) {
    observe(event, false, false, visits);
  }

  /**
   * Lets the rules observe an event or a copy of it, and passes their facts to a receiver. The
   * receiver gets one {@link Visit} for each subject. A copy is not counted again.
   *
   * @param copy if the event has been counted before
   */
  public void observe(Event event, boolean copy, Visits visits) {
    observe(event, copy, false, visits);
  }

  /**
   * Lets rules observe a differing copy of an event, and passes their facts to a receiver. The
   * receiver gets one {@link Visit} for each subject. Rules that judge the first copy alone do not
   * observe the copy. For them it is counted as {@link #DIFFERING_COPIES}. Nothing else is counted.
   */
  public void observeDifferent(Event event, Visits visits) {
    begin(event, false);
    for (Stating stating : asked(event)) {
      RuleInfo info = stating.rule.info();
      if (!info.judgesFirstCopyAlone()) {
        latest.clear();
        state(stating, event, null, true);
      } else if (info.categories().contains(event.activity().getCategory())) {
        counts.counted(info.id(), DIFFERING_COPIES);
      }
    }
    observeSigma(event, true);
    pass(event, false, visits);
  }

  /**
   * Passes the retraction of an event's facts to a receiver, one {@link Visit} for each subject.
   * Daily facts, which are needed only once for a subject and day, are not retracted.
   */
  public void retract(Event event, Visits visits) {
    observe(event, true, true, visits);
  }

  /**
   * Lets the rules observe a changed form of an event, and passes their new facts to a receiver.
   * The rules have observed the event before in an earlier form. A fact is new if they did not
   * state it then. The receiver gets one {@link Visit} for each subject. Only the claims, and what
   * depends on them, may differ between the two forms. A rule that asks for the claims, or whether
   * the event is revised or provisional, observes the earlier form again, without counting, so that
   * its facts of both forms can be compared. Any other rule states nothing new.
   */
  public void observe(Event event, Event before, Visits visits) {
    begin(event, false);
    List<Stating> asking = new ArrayList<>();
    event.wasFormAsked();
    for (Stating stating : asked(event)) {
      latest.clear();
      state(stating, event, null, false);
      if (event.wasFormAsked()) {
        asking.add(stating);
      } else {
        latest.forEach(statements -> statements.remove(statements.size() - 1));
      }
    }
    observeSigma(event, false);
    Map<Subject, List<Statement>> now = stated;
    stated = new LinkedHashMap<>();
    ignoresFailures = true;
    asking.forEach(stating -> state(stating, before, null, true));
    observeSigma(before, true);
    ignoresFailures = false;
    stated.forEach(
        (subject, earlier) -> {
          List<Statement> statements = now.get(subject);
          if (statements != null) {
            statements.removeIf(one -> earlier.stream().anyMatch(one::isLike));
          }
        });
    stated = now;
    stated.values().removeIf(List::isEmpty);
    pass(event, false, visits);
  }

  private void begin(Event event, boolean retracts) {
    stated.clear();
    latest.clear(); // those of Sigma rules too
    day = event.reference().day();
    retracting = retracts;
  }

  private List<Stating> asked(Event event) {
    return event.isSignIn() || event.isCall()
        ? rules
        : byCategory.getOrDefault(event.activity().getCategory(), List.of());
  }

  private void observe(Event event, boolean silent, boolean retracts, Visits visits) {
    begin(event, retracts);
    for (Stating stating : asked(event)) {
      latest.clear();
      state(stating, event, null, silent);
    }
    observeSigma(event, silent);
    pass(event, retracts, visits);
  }

  private void pass(Event event, boolean retracts, Visits visits) {
    if (stated.isEmpty()) {
      return;
    }
    EventReference reference = event.reference();
    stated.forEach(
        (subject, statements) ->
            visits.take(
                new Visit(
                    subject,
                    reference,
                    event.location(),
                    event.principal(),
                    event.isProvisional(),
                    retracts,
                    statements)));
    stated.clear();
  }

  private void observeSigma(Event event, boolean silent) {
    if (!sigmaCategories.contains(event.activity().getCategory())) {
      return;
    }
    for (SigmaPass pass : sigma) {
      try {
        pass.observe(
            event,
            (rule, outcome) -> {
              Stating stating = sigmaRules.get(rule);
              if (stating != null) {
                state(stating, event, outcome, silent);
              }
            });
      } catch (Throwable e) {
        RuleFailure.throwOthers(e);
        failed("sigma", e);
      }
    }
  }

  private void state(Stating stating, Event event, @Nullable MatchOutcome outcome, boolean silent) {
    ActiveRule rule = stating.rule;
    stating.begin(event, silent);
    try {
      if (outcome == null) {
        call.begins(rule.info().id(), "observe", event.activity().getCategory());
        rule.rule().observe(event, stating);
      } else {
        outcome.state(event, stating);
      }
      stating.end();
    } catch (Throwable e) {
      RuleFailure.throwOthers(e);
      failed(rule.info().id(), e);
      stating.undo();
    } finally {
      call.ends();
    }
  }

  private void failed(String rule, Throwable failure) {
    if (!ignoresFailures) {
      counts.failed(rule, "observe", failure);
    }
  }

  /** Receiver of the facts that one rule states about one event at a time. */
  private final class Stating implements Facts, Facts.Draft {
    private final ActiveRule rule;
    private @Nullable Event event;
    private boolean silent;
    private @Nullable Subject subject;
    private @Nullable FactKind kind;
    private @Nullable Object[] values = {};
    private List<List<String>> members = List.of();
    private int rank;
    private boolean placed;
    private boolean owned;
    private int statements;

    Stating(ActiveRule rule) {
      this.rule = rule;
    }

    void begin(Event event, boolean silent) {
      this.event = event;
      this.silent = silent;
      kind = null;
      statements = 0;
    }

    @Override
    public Settings settings() {
      return rule.settings();
    }

    @Override
    public Draft about(Subject about, FactKind of) {
      if (kind != null) {
        throw new IllegalStateException(
            "the earlier fact was begun with about(), but not completed; call state() on it before the next about()");
      }
      rule.kindOf(of);
      Statement.checkSubject(rule, about, "the fact is about");
      subject = about;
      kind = of;
      values = new Object[of.values()];
      if (of.sets() > 0) {
        members = new ArrayList<>(of.sets());
        for (int i = 0; i < of.sets(); i++) {
          members.add(new ArrayList<>(1));
        }
      } else {
        members = List.of();
      }
      rank = 0;
      placed = true;
      owned = true;
      return this;
    }

    @Override
    public void suppressed(String gate) {
      if (!silent) {
        counts.suppressed(rule.info().id(), gate);
      }
    }

    @Override
    public void counted(String name) {
      if (!silent) {
        counts.counted(rule.info().id(), name);
      }
    }

    @Override
    public Draft with(Field flag, boolean value) {
      check(flag, Field.Type.FLAG);
      values[flag.index()] = value;
      return this;
    }

    @Override
    public Draft with(Field number, long value) {
      check(number, Field.Type.NUMBER);
      values[number.index()] = value;
      return this;
    }

    @Override
    public Draft with(Field text, @Nullable String value) {
      check(text, Field.Type.TEXT);
      values[text.index()] = value == null ? null : bounded(value);
      return this;
    }

    private void check(Field field, Field.Type type) {
      FactKind of = kind;
      if (of == null) {
        throw new IllegalStateException(
            "could not set the field %s: no fact is started; call about() before the first field of a fact, and state() after the last one"
                .formatted(field.name()));
      }
      if (field.type() != type || !of.fields().contains(field)) {
        throw new IllegalArgumentException(
            "could not set the field %s to a %s: the kind of fact %s has no such field; set the fields that it declares, each to a value of the declared type"
                .formatted(field.name(), type, of.name()));
      }
    }

    private String bounded(String text) {
      if (text.length() <= LONGEST_TEXT) {
        return text;
      }
      int end = LONGEST_TEXT - 33;
      int whole = Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
      // The hash distinguishes the text from others with the same beginning.
      return text.substring(0, whole) + "…" + Hashes.id(List.of(text));
    }

    @Override
    public Draft adding(Field set, String member) {
      check(set, Field.Type.SET);
      List<String> known = members.get(set.index());
      if (known.size() < (isAggregated(set) ? MOST_AGGREGATED : MOST_MEMBERS)) {
        known.add(bounded(member));
      }
      return this;
    }

    private boolean isAggregated(Field set) {
      return kind != null && kind.hasAggregate() && kind.aggregatedSet() == set.index();
    }

    @Override
    public Draft rank(int given) {
      if (given < 0 || given > 7) {
        throw new IllegalArgumentException(
            "the rank of a fact is %d; give a rank from 0 to 7, where facts of rank 7 are dropped first if there are too many"
                .formatted(given));
      }
      rank = given;
      return this;
    }

    @Override
    public Draft ofNobody() {
      owned = false;
      return this;
    }

    @Override
    public Draft withoutAddress() {
      placed = false;
      return this;
    }

    @Override
    public void state() {
      Subject about = subject;
      FactKind of = kind;
      if (about == null || of == null) {
        throw new IllegalStateException("no fact is started; call about() before each state()");
      }
      if (++statements > MOST_STATEMENTS) {
        throw new IllegalStateException(
            "the rule stated more than %d facts of one event; state fewer"
                .formatted(MOST_STATEMENTS));
      }
      for (Field field : of.fields()) {
        if (field.type() != Field.Type.SET && values[field.index()] == null) {
          values[field.index()] = unset(field.type());
        }
      }
      if (of.isDaily() && isStatedAgain(about, of)) {
        kind = null;
        return;
      }
      List<Statement> statements = stated.computeIfAbsent(about, any -> new ArrayList<>(2));
      statements.add(
          new Statement(rule.place(), of, values, unmodifiable(members), rank, placed, owned));
      latest.add(statements);
      kind = null;
    }

    private static List<List<String>> unmodifiable(List<List<String>> sets) {
      if (sets.isEmpty()) {
        return sets;
      }
      List<List<String>> all = new ArrayList<>(sets.size());
      sets.forEach(one -> all.add(Collections.unmodifiableList(one)));
      return all;
    }

    /**
     * Returns whether to leave out a daily fact because the fact is a repetition or a retraction. A
     * daily fact is needed only once for a subject and day, and is never retracted. It is a
     * repetition if an equal fact of the same subject and day is remembered. Location, principal
     * and minute of the event have to be equal too, as far as the kind keeps them. {@link
     * #MOST_DAILY} tells how many are remembered. A fact that is not left out is remembered from
     * now on.
     */
    private boolean isStatedAgain(Subject about, FactKind of) {
      StringBuilder text = new StringBuilder(120);
      text.append(rule.place()).append(of.name()).append(day).append(about.kind());
      text.append('\n').append(about.id());
      for (Object value : values) {
        text.append('\n').append(value);
      }
      members.forEach(set -> set.forEach(member -> text.append('\n').append(member)));
      if (event != null) {
        if (placed && (of.where() != FactKind.Where.NOWHERE || of.keepsAddresses())) {
          text.append('\n').append(event.location());
        }
        if (owned && of.isByPrincipal() && event.principal() != null) {
          text.append('\n').append(event.principal().getId());
        }
        if (of.keepsMinutes()) {
          text.append('\n').append(event.reference().minute());
        }
      }
      return retracting || !daily.add(Hashes.of(text.toString()));
    }

    private static @Nullable Object unset(Field.Type type) {
      return switch (type) {
        case FLAG -> false;
        case NUMBER -> 0L;
        case TEXT, SET -> null;
      };
    }

    void end() {
      if (kind != null) {
        throw new IllegalStateException(
            "the last fact was begun with about(), but not completed; call state() on it");
      }
    }

    void undo() {
      latest.clear();
      daily = new RecentFacts(MOST_DAILY); // the removed facts may be among the remembered ones
      stated.values().forEach(statements -> statements.removeIf(one -> one.rule() == rule.place()));
      stated.values().removeIf(List::isEmpty);
    }
  }
}
