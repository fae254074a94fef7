package dev.lockstep.detections.message;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.Subject;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statement of a rule: a fact about a subject that follows from one event. */
public final class Statement {
  /**
   * Largest number of characters of a subject's id. Each takes up to three bytes in the key of a
   * state record, which has room for 65,535.
   */
  private static final int MOST_ID_CHARS = 21_000;

  private final int rule;
  private final FactKind kind;
  private final @Nullable Object[] values;
  private final List<List<String>> members;
  private final int rank;
  private final boolean placed;
  private final boolean owned;

  /**
   * Creates the statement of a fact.
   *
   * @param rule index of the rule
   * @param values values of the kind's fields in order: {@code Boolean}, {@code Long} or {@code
   *     String}; null is unset
   * @param members members of the kind's sets in order
   * @param rank rank by which facts are dropped when there are too many, 0 to 7; 7 goes first
   * @param placed if the event's address is part of the fact
   * @param owned if the event's principal is part of the fact
   */
  Statement(
      int rule,
      FactKind kind,
      @Nullable Object[] values,
      List<List<String>> members,
      int rank,
      boolean placed,
      boolean owned) {
    this.rule = rule;
    this.kind = kind;
    this.values = values;
    this.members = members;
    this.rank = rank;
    this.placed = placed;
    this.owned = owned;
  }

  /**
   * Throws an exception if a rule does not declare the kind of a subject, or if the id of the
   * subject is too long. The id is part of the keys of state records.
   *
   * @param stating beginning of the message about a refused subject
   * @throws IllegalArgumentException if the rule may state no fact about the subject
   */
  public static void checkSubject(ActiveRule rule, Subject about, String stating) {
    if (!rule.info().subjects().contains(about.kind())) {
      throw new IllegalArgumentException(
          "%s a subject of the kind %s, which the rule does not declare; name it in about() of the rule's description"
              .formatted(stating, about.kind()));
    }
    if (about.id().length() > MOST_ID_CHARS) {
      throw new IllegalArgumentException(
          "%s a subject whose id has %d characters; give the subject an id of at most %d"
              .formatted(stating, about.id().length(), MOST_ID_CHARS));
    }
  }

  /**
   * Returns, as a statement, a fact about one subject that a rule stated while it judged another
   * subject.
   */
  public static Statement of(ActiveRule rule, RelayedFact fact) {
    rule.kindOf(fact.kind());
    return new Statement(
        rule.place(), fact.kind(), fact.values().toArray(), fact.members(), 0, false, false);
  }

  /**
   * Returns whether another statement is equal to this one. The subject and the event are no parts
   * of a statement, and are not compared.
   */
  boolean isLike(Statement other) {
    return rule == other.rule
        && kind == other.kind
        && rank == other.rank
        && placed == other.placed
        && owned == other.owned
        && Arrays.equals(values, other.values)
        && members.equals(other.members);
  }

  public int rule() {
    return rule;
  }

  public FactKind kind() {
    return kind;
  }

  public @Nullable Object[] values() {
    return values;
  }

  public List<List<String>> members() {
    return members;
  }

  public int rank() {
    return rank;
  }

  public boolean placed() {
    return placed;
  }

  public boolean owned() {
    return owned;
  }
}
