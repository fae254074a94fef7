package dev.lockstep.detections.state;

import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.message.Visit;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.FactKind;
import dev.lockstep.schemas.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a fact: the values that two statements must have in common to be kept as one fact. A
 * {@link Statement} tells for a rule what one event means for a subject.
 */
public final class FactIdentity {
  private final FactKind kind;
  private final @Nullable Object[] values;
  private final @Nullable Location location;
  private final @Nullable Principal principal;
  private int hash;
  private boolean hashed;
  private long order;
  private boolean ordered;

  public FactIdentity(Statement statement, Visit visit) {
    this(
        statement.kind(),
        statement.values(),
        statement.placed() ? visit.location() : null,
        statement.owned() ? visit.principal() : null);
  }

  FactIdentity(
      FactKind kind,
      @Nullable Object[] values,
      @Nullable Location location,
      @Nullable Principal principal) {
    this.kind = kind;
    this.values = values;
    this.location = location;
    this.principal = principal;
  }

  FactKind kind() {
    return kind;
  }

  /**
   * Returns a hash of the values that make up this identity. If a day has more facts of a kind than
   * are kept, those with the highest rank (0 to 7, set by the rule) are dropped first, and of facts
   * with equal rank those with the largest hash.
   */
  long order() {
    if (!ordered) {
      order = FactOrder.of(kind, values, location, principal);
      ordered = true;
    }
    return order;
  }

  boolean isOf(KeptFact fact) {
    if (!hashed) {
      hash = KeptFact.alikeHash(kind, values, location, principal);
      hashed = true;
    }
    return fact.kind() == kind
        && fact.alikeHash() == hash
        && fact.isAlike(values, location, principal);
  }
}
