package dev.lockstep.detections;

import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a finding is, and which revisions of it go out when.
 *
 * <p>What matters goes out at once: that it is there, its severity, its reason, the alerts that
 * confirm it, that it is taken back. What only counts up waits a while after the last revision, and
 * longer each time.
 */
final class FindingBook {
  private static final long LONGEST_WAIT_MILLIS = 600_000L;

  private final long firstWaitMillis;
  private final Escalation escalation;

  FindingBook(int repeatSeconds, Escalation escalation) {
    this.firstWaitMillis = repeatSeconds * 1_000L;
    this.escalation = escalation;
  }

  /**
   * What became of a finding.
   *
   * @param state what to keep
   * @param revision what goes out now, null if nothing does
   */
  record Next(FindingState state, @Nullable Detection revision) {}

  /**
   * Takes what a rule says of a finding; returns null if that is nothing.
   *
   * @param before what is kept of it, null if nothing is
   * @param now wall clock, milliseconds since 1970
   */
  @Nullable Next take(@Nullable FindingState before, Contribution said, long now) {
    Detection detection = Objects.requireNonNull(said.getDetection());
    boolean withdrawn = isWithdrawn(detection);
    if (before == null) {
      if (withdrawn) {
        return null;
      }
      Detection first = escalation.confirmed(detection, said.getAddresses());
      first.setRevision(1);
      return new Next(
          new FindingState(
              first,
              first == detection ? null : detection,
              said.getAddresses(),
              false,
              now,
              firstWaitMillis),
          first);
    }
    if (withdrawn) {
      if (isWithdrawn(base(before))) {
        return null;
      }
      before.setBase(Findings.withdrawn(current(before)));
    } else {
      before.setBase(detection);
    }
    boolean elsewhere = !withdrawn && !said.getAddresses().equals(before.getAddresses());
    if (elsewhere) {
      before.setAddresses(said.getAddresses());
    }
    Next next = again(before, now);
    return next == null && elsewhere ? new Next(before, null) : next;
  }

  /** Looks again at a finding whose base or alerts may have changed; null if nothing did. */
  @Nullable Next again(FindingState state, long now) {
    return next(state, now, false);
  }

  /** Says what has waited; null if it has come to nothing. */
  @Nullable Next waited(FindingState state, long now) {
    return next(state, now, true);
  }

  private @Nullable Next next(FindingState state, long now, boolean waited) {
    Detection said = state.getSaid();
    Detection base = base(state);
    Detection current = current(state);
    // What the rule says is kept beside the last revision only where the two differ.
    Detection keptBase = current == base ? null : base;
    current.setRevision(said.getRevision());
    if (current.equals(said)) {
      boolean waits = state.getPending();
      state.setPending(false);
      state.setBase(keptBase);
      return waits ? new Next(state, null) : null;
    }
    boolean urgent = matters(said, current);
    if (!urgent && !waited && firstWaitMillis > 0) {
      state.setBase(base);
      state.setPending(true);
      return new Next(state, null);
    }
    if (!urgent) {
      state.setWaitMillis(Math.min(LONGEST_WAIT_MILLIS, 2 * state.getWaitMillis()));
    }
    current.setRevision(said.getRevision() + 1);
    state.setSaid(current);
    state.setBase(keptBase);
    state.setSaidAt(now);
    state.setPending(false);
    return new Next(state, current);
  }

  /** Returns what the finding is now. */
  private Detection current(FindingState state) {
    Detection base = base(state);
    return isWithdrawn(base) ? base : escalation.confirmed(base, state.getAddresses());
  }

  static Detection base(FindingState state) {
    return state.getBase() == null ? state.getSaid() : state.getBase();
  }

  static boolean isWithdrawn(Detection detection) {
    return detection.getReason().equals(Findings.WITHDRAWN);
  }

  /** Returns when what waits goes out, by the wall clock. */
  static long dueAt(FindingState state) {
    return state.getSaidAt() + state.getWaitMillis();
  }

  private static boolean matters(Detection said, Detection now) {
    return said.getSeverity() != now.getSeverity()
        || !said.getReason().equals(now.getReason())
        || !Objects.equals(id(said.getPrincipal()), id(now.getPrincipal()))
        || !ids(said).equals(ids(now));
  }

  private static @Nullable String id(@Nullable Principal principal) {
    return principal == null ? null : principal.getId();
  }

  private static List<String> ids(Detection detection) {
    return detection.getDefenderAlerts().stream()
        .map((Map<String, String> alert) -> String.valueOf(alert.get("id")))
        .toList();
  }
}
