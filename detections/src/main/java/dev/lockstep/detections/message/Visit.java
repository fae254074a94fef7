package dev.lockstep.detections.message;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts that rules state or retract about one subject because of one event.
 *
 * @param location location of the event, or null if its address is unknown
 * @param principal principal of the event, or null
 * @param provisional if the facts may be retracted later
 * @param retracts if the facts are retracted
 * @param statements facts, each with the rule that states or retracts it
 */
public record Visit(
    Subject subject,
    EventReference reference,
    @Nullable Location location,
    @Nullable Principal principal,
    boolean provisional,
    boolean retracts,
    List<Statement> statements) {
  /**
   * Returns the time at which the grace begins for a fact whose aggregate this event has changed.
   * The grace is the time that the rule waits before the absence of another event counts. It begins
   * at the event's arrival time or, for a provisional event, at the end of the longest wait for its
   * identity link. If several events have changed the aggregate, the grace begins at the latest of
   * these times.
   */
  public long graceFrom() {
    return reference.arrivalAt() + (provisional ? LinkWait.MILLIS : 0);
  }

  /** Returns whether the rule with the given index states or retracts a fact in this visit. */
  public boolean isOf(int rule) {
    for (Statement statement : statements) {
      if (statement.rule() == rule) {
        return true;
      }
    }
    return false;
  }
}
