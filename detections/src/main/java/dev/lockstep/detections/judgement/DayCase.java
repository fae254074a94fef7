package dev.lockstep.detections.judgement;

import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Case that a rule judges: a subject's facts on a UTC day and near it, lessons of earlier days, and
 * Defender alerts.
 */
public final class DayCase implements Case {
  private final Subject subject;
  private final RuleState state;
  private final int day;
  private final @Nullable KeptFact changed;
  private final @Nullable KeptFact unkept;
  private final List<AlertOnSubject> alerts;
  private final long graceAt;
  private final Enrichment enrichment;
  private List<KeptFact> asked = List.of();

  /**
   * Creates the case of one day of a subject.
   *
   * @param graceAt arrival time in milliseconds since 1970; a wait for missing facts is over if it
   *     ends at or before this time
   */
  public DayCase(
      Subject subject,
      RuleState state,
      int day,
      JudgementScope scope,
      List<AlertOnSubject> alerts,
      long graceAt,
      Enrichment enrichment) {
    this.subject = subject;
    this.state = state;
    this.day = day;
    this.changed = scope.changed();
    this.unkept = scope.unkept();
    this.alerts = alerts;
    this.graceAt = graceAt;
    this.enrichment = enrichment;
  }

  @Override
  public Subject subject() {
    return subject;
  }

  @Override
  public int day() {
    return day;
  }

  @Override
  public Settings settings() {
    return state.rule().settings();
  }

  @Override
  public Enrichment enrichment() {
    return enrichment;
  }

  @Override
  public List<Fact> today() {
    return on(day);
  }

  @Override
  public List<Fact> on(int other) {
    if (isOutOfReach(other)) {
      return List.of();
    }
    RuleDay known = state.day(other);
    boolean isWithUnkept = unkept != null && unkept.day() == other;
    return withUnkept(known == null ? List.of() : known.facts(), isWithUnkept);
  }

  @Override
  public List<Fact> on(int other, FactKind kind) {
    if (isOutOfReach(other)) {
      return List.of();
    }
    RuleDay known = state.day(other);
    boolean isWithUnkept = unkept != null && unkept.day() == other && unkept.kind() == kind;
    return withUnkept(known == null ? List.of() : known.facts(kind), isWithUnkept);
  }

  private List<Fact> withUnkept(List<KeptFact> facts, boolean isWithUnkept) {
    if (unkept != null && isWithUnkept) {
      List<Fact> more = new ArrayList<>(facts);
      more.add(unkept);
      return more;
    }
    return facts.isEmpty() ? List.of() : Collections.unmodifiableList(facts);
  }

  private boolean isOutOfReach(int other) {
    RuleInfo info = state.rule().info();
    return other < info.firstDayReadBy(day) || other > info.lastDayReadBy(day);
  }

  @Override
  public @Nullable Fact changed() {
    return changed;
  }

  @Override
  public Learned learned() {
    return state.learned(day);
  }

  @Override
  public List<AlertOnSubject> alerts() {
    return alerts;
  }

  @Override
  public boolean isGraceOver(Fact fact) {
    KeptFact of = (KeptFact) fact;
    if (asked.isEmpty()) {
      asked = new ArrayList<>(1);
    }
    asked.add(of);
    return !of.isLate() && of.graceFrom() + state.rule().info().grace().toMillis() <= graceAt;
  }

  List<KeptFact> asked() {
    return asked;
  }

  @Override
  public boolean isGivenOut() {
    RuleDay known = state.day(day);
    return known != null && !known.givenOut().isEmpty();
  }

  private void pairs(KeptFact moved, int other, PairReader reader) {
    RuleDay known = state.day(other);
    if (known == null) {
      return;
    }
    List<KeptFact> facts = known.facts();
    for (int i = 0; i < facts.size(); i++) {
      KeptFact fact = facts.get(i);
      if (fact != moved) {
        reader.read(moved, fact);
      }
    }
  }

  @Override
  public void pairs(FactKind kind, PairReader reader) {
    KeptFact moved = changed;
    if (moved == null) {
      Case.super.pairs(kind, reader);
    } else if (moved.kind() == kind && moved.day() <= day) {
      pairs(moved, day, kind, reader);
      for (int before = state.rule().info().firstDayReadBy(day);
          before < day && moved.day() == day;
          before++) {
        pairs(moved, before, kind, reader);
      }
    }
  }

  private void pairs(KeptFact moved, int other, FactKind kind, PairReader reader) {
    RuleDay known = state.day(other);
    if (known == null) {
      return;
    }
    Place here = placeOf(moved);
    List<KeptFact> facts = known.facts(kind, there -> reader.mayMatter(here, there));
    for (int i = 0; i < facts.size(); i++) { // the reader may have further facts decoded
      KeptFact fact = facts.get(i);
      if (fact != moved) {
        reader.read(moved, fact);
      }
    }
  }

  private static Place placeOf(KeptFact fact) {
    return fact.location() == null ? Place.UNKNOWN : fact.location().place();
  }

  @Override
  public void pairs(PairReader reader) {
    KeptFact moved = changed;
    int first = state.rule().info().firstDayReadBy(day);
    if (moved != null) {
      if (moved.day() > day) {
        return; // a pair is judged on the day of its later fact
      }
      pairs(moved, day, reader);
      for (int before = first; before < day && moved.day() == day; before++) {
        pairs(moved, before, reader);
      }
      return;
    }
    List<Fact> today = today();
    for (int i = 0; i < today.size(); i++) {
      for (int j = 0; j < i; j++) {
        reader.read(today.get(j), today.get(i));
      }
    }
    for (int before = first; before < day; before++) {
      for (Fact other : on(before)) {
        for (Fact fact : today) {
          reader.read(other, fact);
        }
      }
    }
  }
}
