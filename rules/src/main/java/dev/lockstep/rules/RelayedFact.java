package dev.lockstep.rules;

import java.util.List;

/**
 * Fact about one subject that a rule states or retracts while it judges another subject.
 *
 * @param kind kind of fact; it may have no fields other than texts and sets
 * @param event event from which the fact follows
 * @param values values of the text fields, in the order of their declaration
 * @param members members of the sets, in the order of their declaration
 * @param provisional if the fact may be retracted later
 * @param retracts if the fact is retracted
 */
public record RelayedFact(
    Subject subject,
    FactKind kind,
    EventReference event,
    List<String> values,
    List<List<String>> members,
    boolean provisional,
    boolean retracts) {
  public RelayedFact {
    values = List.copyOf(values);
    members = List.copyOf(members);
  }
}
