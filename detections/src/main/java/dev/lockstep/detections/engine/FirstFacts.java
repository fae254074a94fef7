package dev.lockstep.detections.engine;

import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.RuleInfo;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Writer that puts the first facts about a subject straight into state records, without building
 * the subject's state in memory. Most tokens and sessions are seen only once. A fact is written in
 * this way only if its rules declare that they cannot fire by this fact alone.
 */
final class FirstFacts {
  private final List<ActiveRule> rules;
  private final StateCodec codec;
  private final StateRecords records;
  private final Set<FactKind> leadingToNothing = Collections.newSetFromMap(new IdentityHashMap<>());

  FirstFacts(List<ActiveRule> rules, StateCodec codec, StateRecords records) {
    this.rules = rules;
    this.codec = codec;
    this.records = records;
    rules.forEach(rule -> leadingToNothing.addAll(rule.info().kinds()));
    for (ActiveRule rule : rules) {
      leadingToNothing.removeIf(
          kind -> rule.info().kinds().contains(kind) && !leadsToNothing(rule.info(), kind));
    }
  }

  /**
   * Returns whether an event's facts about a subject certainly cause no verdict by themselves, and
   * no rule learns from them.
   */
  boolean leadToNothing(Visit visit) {
    if (visit.retracts() || codec.learns(visit.subject().kind())) {
      return false;
    }
    List<Statement> statements = visit.statements();
    for (int i = 0; i < statements.size(); i++) {
      if (!leadingToNothing.contains(statements.get(i).kind())) {
        return false;
      }
      for (int other = 0; other < i; other++) {
        if (statements.get(other).rule() == statements.get(i).rule()) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean leadsToNothing(RuleInfo rule, FactKind kind) {
    return rule.grace().isZero()
        && !kind.hasAggregate()
        && !kind.isOnlyLearned()
        && (rule.comparesFacts()
            || (!rule.judgesOnlyWith().isEmpty() && !rule.judgesOnlyWith().contains(kind)));
  }

  void write(byte[] subject, Visit visit) {
    for (Statement statement : visit.statements()) {
      ActiveRule rule = rules.get(statement.rule());
      KeptFact fact = KeptFact.of(statement, visit, rule.settings().setCap());
      codec.write(subject, visit.subject(), rule, fact, records);
    }
  }
}
