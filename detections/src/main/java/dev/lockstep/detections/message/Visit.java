package dev.lockstep.detections.message;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Visit of an event at a subject: all that the rules state of it.
 *
 * @param location of the event, or null if its address is unknown
 * @param principal of the event, or null
 * @param provisional if the statements may be retracted
 * @param retracts if the statements are retracted
 */
public record Visit(
    Subject subject,
    EventReference reference,
    @Nullable Location location,
    @Nullable Principal principal,
    boolean provisional,
    boolean retracts,
    List<Statement> statements) {
  /** Returns if a rule states anything, by its place among the rules. */
  public boolean isOf(int rule) {
    for (Statement statement : statements) {
      if (statement.rule() == rule) {
        return true;
      }
    }
    return false;
  }
}
