package dev.lockstep.detections.engine;

import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.StateCodec;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.RuleInfo;
import java.util.List;

/**
 * Writer of the first facts of subjects. Most tokens and sessions are seen once, and by what their
 * rules declare, one fact leads to nothing. Such a fact is written as it is, without building the
 * subject's state.
 */
final class FirstFacts {
  private final List<ActiveRule> rules;
  private final StateCodec codec;
  private final StateRecords records;

  FirstFacts(List<ActiveRule> rules, StateCodec codec, StateRecords records) {
    this.rules = rules;
    this.codec = codec;
    this.records = records;
  }

  /** Returns whether the facts of a visit lead to nothing if no other facts are kept. */
  boolean leadToNothing(Visit visit) {
    if (visit.retracts() || codec.learns(visit.subject().kind())) {
      return false;
    }
    List<Statement> statements = visit.statements();
    for (int i = 0; i < statements.size(); i++) {
      if (!leadsToNothing(statements.get(i))) {
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

  private boolean leadsToNothing(Statement statement) {
    RuleInfo rule = rules.get(statement.rule()).info();
    FactKind kind = statement.kind();
    return rule.grace().isZero()
        && !kind.hasAggregate()
        && !kind.isOnlyLearned()
        && (rule.comparesFacts()
            || (!rule.judgesOnlyWith().isEmpty() && !rule.judgesOnlyWith().contains(kind)));
  }

  /** Writes the facts of a visit to a subject of which no facts are kept. */
  void write(Visit visit) {
    byte[] subject = StateCodec.subjectKey(visit.subject());
    for (Statement statement : visit.statements()) {
      ActiveRule rule = rules.get(statement.rule());
      KeptFact fact = KeptFact.of(statement, visit, rule.settings().setCap());
      codec.write(subject, visit.subject(), rule, fact, records);
    }
  }
}
