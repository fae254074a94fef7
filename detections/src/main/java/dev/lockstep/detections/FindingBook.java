package dev.lockstep.detections;

import dev.lockstep.enrichment.ExceptionEntry;
import dev.lockstep.enrichment.Exceptions;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a finding is, and which revisions of it go out when.
 *
 * <p>What matters goes out at once: that it is there, its severity, its reason, the alerts that
 * confirm it, that it is retracted. What only counts up waits a while after the last revision, and
 * longer each time. What exceptions cover does not go out, or is retracted, unless an alert
 * confirms it.
 */
final class FindingBook {
  private static final long LONGEST_WAIT_MILLIS = 600_000L;

  private final long firstWaitMillis;
  private final Escalation escalation;
  private final Exceptions exceptions;
  private final int setCap;

  FindingBook(int repeatSeconds, int setCap, Escalation escalation, Exceptions exceptions) {
    this.exceptions = exceptions;
    this.setCap = setCap;
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
    if (before == null || isErased(before.getSaid())) {
      int revision = before == null ? 0 : before.getSaid().getRevision();
      return withdrawn ? null : first(said, detection, revision, now);
    }
    if (withdrawn) {
      if (isWithdrawn(base(before))) {
        return null;
      }
      Detection current = current(before);
      before.setBase(isWithdrawn(current) ? current : Findings.withdrawn(current));
      before.setExceptions(List.of());
    } else {
      before.setBase(spanning(base(before), detection));
    }
    List<FindingAddress> addresses = addresses(before, said);
    boolean beside =
        !withdrawn
            && !(addresses.equals(before.getAddresses())
                && said.getExceptions().equals(before.getExceptions()));
    if (beside) {
      before.setAddresses(addresses);
      before.setExceptions(said.getExceptions());
    }
    Next next = again(before, now);
    return next == null && beside ? new Next(before, null) : next;
  }

  /** What overflowed is said in parts: it is as long as all of them. */
  private static Detection spanning(Detection before, Detection part) {
    if (overflows(part) && !isWithdrawn(before)) {
      part.setStartTime(Math.min(before.getStartTime(), part.getStartTime()));
      part.setEndTime(Math.max(before.getEndTime(), part.getEndTime()));
    }
    return part;
  }

  private static boolean overflows(Detection detection) {
    return Boolean.TRUE.equals(detection.getOverflow());
  }

  /** What overflowed is said in parts: the addresses of all of them are the finding's. */
  private List<FindingAddress> addresses(FindingState before, Contribution said) {
    if (!overflows(Objects.requireNonNull(said.getDetection()))) {
      return said.getAddresses();
    }
    FindingAddresses all = new FindingAddresses(setCap);
    before.getAddresses().forEach(one -> all.add(one.getAddress(), one.getNetworkClass()));
    said.getAddresses().forEach(one -> all.add(one.getAddress(), one.getNetworkClass()));
    return all.list();
  }

  /**
   * Returns what is left of a finding when a principal is erased: its id and its last revision
   * where it is the principal's own, itself with a pseudonym where it is another's; null if it does
   * not name the principal.
   */
  static @Nullable Next erased(FindingState state, Erasing erasing) {
    Detection said = state.getSaid();
    Detection base = base(state);
    if (isErased(said)) {
      return null;
    }
    if (erasing.owns(base) || erasing.owns(said)) {
      Detection left = new Detection();
      left.setId(said.getId());
      left.setRevision(said.getRevision());
      left.setRule(said.getRule());
      left.setRuleVersion(said.getRuleVersion());
      left.setReason(Erasing.ERASED);
      left.setSeverity(Severity.Informational);
      left.setTitle("");
      left.setDescription("");
      left.setStartTime(base.getEndTime());
      left.setEndTime(base.getEndTime());
      left.setTactics(List.of());
      left.setTechniques(List.of());
      left.setEntities(List.of());
      left.setEvidence(List.of());
      left.setGates(List.of());
      left.setDefenderAlerts(List.of());
      return new Next(
          new FindingState(
              left, null, List.of(), List.of(), false, state.getSaidAt(), 0L, List.of()),
          null);
    }
    Detection revised = erasing.revised(said);
    Detection revisedBase = state.getBase() == null ? null : erasing.revised(state.getBase());
    boolean changed = !revised.equals(said);
    if (!changed && Objects.equals(revisedBase, state.getBase())) {
      return null;
    }
    state.setSaid(revised);
    state.setBase(revisedBase);
    if (!changed || said.getRevision() == 0) {
      return new Next(state, null);
    }
    revised.setRevision(said.getRevision() + 1);
    return new Next(state, revised);
  }

  private static boolean isErased(Detection detection) {
    return detection.getReason().equals(Erasing.ERASED);
  }

  private Next first(Contribution said, Detection detection, int revision, long now) {
    FindingState state =
        new FindingState(
            detection,
            null,
            said.getAddresses(),
            said.getExceptions(),
            false,
            now,
            firstWaitMillis,
            List.of());
    Detection first = current(state);
    boolean heldBack = isWithdrawn(first);
    first.setRevision(heldBack ? revision : revision + 1);
    state.setSaid(first);
    state.setBase(first == detection ? null : detection);
    return new Next(state, heldBack ? null : first);
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
    if (isWithdrawn(current) && isWithdrawn(said)) { // for another reason, at most
      state.setPending(false);
      return new Next(state, null);
    }
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
    if (isWithdrawn(base)) {
      return base;
    }
    Detection confirmed = escalation.confirmed(base, state.getAddresses());
    List<ExceptionEntry> covering = covering(state);
    if (covering.isEmpty()) {
      return confirmed;
    }
    return confirmed == base
        ? Findings.heldBack(base, covering)
        : Findings.outweighed(confirmed, covering);
  }

  /** Returns the exceptions that cover a finding and still are in the file. */
  private List<ExceptionEntry> covering(FindingState state) {
    if (state.getExceptions().isEmpty() || isWithdrawn(base(state))) {
      return List.of();
    }
    List<ExceptionEntry> covering = new ArrayList<>();
    for (String id : state.getExceptions()) {
      ExceptionEntry entry = exceptions.byId(id);
      if (entry != null && Expected.names(entry, base(state))) {
        covering.add(entry);
      }
    }
    return covering;
  }

  /** Returns whether what held a finding back is not in the file any more. */
  boolean isFree(FindingState state) {
    return isWithdrawn(state.getSaid()) && !isWithdrawn(base(state)) && covering(state).isEmpty();
  }

  /** Counts for people what exceptions do to a finding now. */
  void count(FindingState state, Tally tally) {
    List<String> covering = covering(state).stream().map(ExceptionEntry::id).toList();
    tally.excepted().note(state.getSaid().getId(), covering, isWithdrawn(state.getSaid()));
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
