package dev.lockstep.rules;

import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finding that is to be told: what fired for a subject on a day.
 *
 * @param parts what names it beside rule, subject and day
 * @param reason of the most severe that fired; of several the first that the rule declares
 * @param severity of the most severe that fired
 * @param count size of the set that it counts, at most what a set keeps
 * @param counted size of that set without the bound, as far as it is known
 * @param fired what fired, the most telling first; of hundreds, the others follow in no order
 * @param principal whose it is, or null: the subject, else that of the earliest event of known
 *     principal
 * @param collapsed how many findings it stands for, since there were too many for one day; 0: it is
 *     one
 */
public record Finding(
    Case of,
    List<String> parts,
    String reason,
    Severity severity,
    int count,
    int counted,
    List<Fired> fired,
    @Nullable Principal principal,
    int collapsed) {
  /** Copies. */
  public Finding {
    parts = List.copyOf(parts);
    fired = List.copyOf(fired);
  }

  /** Returns what tells most. */
  public Fired first() {
    return fired.get(0);
  }
}
