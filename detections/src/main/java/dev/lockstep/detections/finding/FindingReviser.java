package dev.lockstep.detections.finding;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.IncidentMember;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reviser that decides, after a finding has changed, what the finding's content now is, and whether
 * and when a revision is sent.
 *
 * <p>A change of existence, severity, reason, principal, incident or corroborating alerts goes out
 * at once. Any other change, such as of counts, waits for some time after the last revision, and
 * longer each time. A finding that exceptions cover is not sent, or is retracted, unless an alert
 * corroborates it. That a finding does not hold any more is decided in {@code
 * engine.DayFindingChanges}.
 */
final class FindingReviser {
  /**
   * Value of {@code reason} in the stored state of a finding from which its principal was erased.
   * Of the finding only its id, rule and last revision are left.
   */
  private static final String ERASED = "erased";

  private static final int MOST_CONFIRMATIONS = 256;
  private static final long LONGEST_WAIT_MILLIS = 600_000L;

  private final long firstWaitMillis;
  private final AlertCorroboration corroboration;
  private final Exceptions exceptions;

  FindingReviser(int repeatSeconds, AlertCorroboration corroboration, Exceptions exceptions) {
    this.firstWaitMillis = repeatSeconds * 1_000L;
    this.corroboration = corroboration;
    this.exceptions = exceptions;
  }

  /**
   * Outcome of a change to a finding. Methods return null instead if nothing changes.
   *
   * @param state state to store
   * @param revision revision to send now, or null
   */
  record Next(FindingState state, @Nullable Detection revision) {}

  /**
   * @param before stored state of the finding, or null
   * @param now wall clock time in milliseconds since 1970
   */
  @Nullable Next take(
      @Nullable FindingState before,
      Contribution contribution,
      List<Confirmation> confirmations,
      long now) {
    Detection detection = Objects.requireNonNull(contribution.getDetection());
    boolean withdrawn = DetectionStatus.isWithdrawn(detection);
    if (before == null || before.getSaid().getReason().equals(ERASED)) {
      int revision = before == null ? 0 : before.getSaid().getRevision();
      return withdrawn ? null : first(contribution, confirmations, detection, revision, now);
    }
    boolean isRegrouped = !withdrawn && !Objects.equals(contribution.getGroup(), before.getGroup());
    if (isRegrouped) {
      before.setCorrelation(null);
    }
    if (withdrawn) {
      if (DetectionStatus.isWithdrawn(base(before))) {
        return null;
      }
      Detection current = current(before);
      before.setBase(
          DetectionStatus.isWithdrawn(current)
              ? current
              : RetractionTexts.withdrawn(current, detection.getDescription()));
      before.setExceptions(List.of());
    } else {
      before.setBase(detection);
      before.setGroup(contribution.getGroup());
    }
    for (Confirmation each : confirmations) {
      before.setConfirmations(with(before.getConfirmations(), each));
    }
    boolean beside =
        isRegrouped
            || (!withdrawn
                && !(contribution.getAddresses().equals(before.getAddresses())
                    && contribution.getExceptions().equals(before.getExceptions())));
    if (beside) {
      List<FindingAddress> addresses = contribution.getAddresses();
      before.setAddresses(addresses);
      before.setExceptions(contribution.getExceptions());
    }
    Next next = again(before, now);
    return next == null && beside ? new Next(before, null) : next;
  }

  @Nullable Next take(FindingState state, Confirmation confirmation, long now) {
    List<Confirmation> all = with(state.getConfirmations(), confirmation);
    if (all.equals(state.getConfirmations())) {
      return null;
    }
    state.setConfirmations(all);
    Next next = again(state, now);
    return next == null ? new Next(state, null) : next;
  }

  private static List<Confirmation> with(List<Confirmation> before, Confirmation confirmation) {
    List<Confirmation> all = new ArrayList<>(before);
    all.removeIf(
        one ->
            one.getAlert().getAlert().getId().equals(confirmation.getAlert().getAlert().getId())
                && one.getNamed() == confirmation.getNamed()
                && Objects.equals(one.getAddress(), confirmation.getAddress()));
    if (confirmation.getStands() && all.size() < MOST_CONFIRMATIONS) {
      all.add(confirmation);
    }
    return all;
  }

  private Next first(
      Contribution contribution,
      List<Confirmation> confirmations,
      Detection detection,
      int revision,
      long now) {
    List<Confirmation> standing = List.of();
    for (Confirmation each : confirmations) {
      standing = with(standing, each);
    }
    FindingState state =
        new FindingState(
            detection,
            null,
            contribution.getAddresses(),
            contribution.getExceptions(),
            false,
            now,
            firstWaitMillis,
            standing,
            contribution.getGroup(),
            null,
            null);
    Detection first = current(state);
    boolean heldBack = DetectionStatus.isWithdrawn(first);
    first.setRevision(heldBack ? revision : revision + 1);
    state.setSaid(first);
    state.setBase(first == detection ? null : detection);
    return new Next(state, heldBack ? null : first);
  }

  @Nullable Next again(FindingState state, long now) {
    return next(state, now, false);
  }

  /**
   * Creates the revision for a postponed change of a finding, such as a change of its counts only.
   * It creates none if the finding is again equal to its last revision, or if the finding and its
   * last revision are both withdrawn.
   */
  @Nullable Next waited(FindingState state, long now) {
    return next(state, now, true);
  }

  private @Nullable Next next(FindingState state, long now, boolean waited) {
    Detection before = state.getSaid();
    Detection base = base(state);
    Detection current = current(state);
    // The rule's own text is stored only if it differs from the last revision's.
    Detection keptBase = current == base ? null : base;
    current.setRevision(before.getRevision());
    if (DetectionStatus.isWithdrawn(current) && DetectionStatus.isWithdrawn(before)) {
      state.setPending(false); // at most its reason differs
      return new Next(state, null);
    }
    if (current.equals(before)) {
      boolean waits = state.getPending();
      state.setPending(false);
      state.setBase(keptBase);
      return waits ? new Next(state, null) : null;
    }
    boolean urgent = matters(before, current);
    if (!urgent && !waited && firstWaitMillis > 0) {
      state.setBase(base);
      state.setPending(true);
      return new Next(state, null);
    }
    if (!urgent) {
      state.setWaitMillis(Math.min(LONGEST_WAIT_MILLIS, 2 * state.getWaitMillis()));
    }
    current.setRevision(before.getRevision() + 1);
    state.setSaid(current);
    state.setBase(keptBase);
    state.setSaidAt(now);
    state.setPending(false);
    return new Next(state, current);
  }

  @Nullable Next take(FindingState state, Correlation correlation, long now) {
    IncidentMember member = state.getMember();
    boolean isStale = member == null || !member.getGroup().equals(correlation.getGroup());
    boolean isNone = correlation.getCorrelationId() == null && !correlation.getOverflow();
    Correlation received = isNone ? null : correlation;
    if (isStale || Objects.equals(received, state.getCorrelation())) {
      return null;
    }
    state.setCorrelation(received);
    Next next = again(state, now);
    return next == null ? new Next(state, null) : next;
  }

  /**
   * Returns the finding as a possible member of an incident, or null if it takes part in no
   * incident.
   */
  @Nullable IncidentMember member(FindingState state) {
    Detection base = base(state);
    String group = state.getGroup();
    if (group == null
        || base.getReason().equals(ERASED)
        || DetectionStatus.isInShadow(base)
        || DetectionStatus.isWithdrawn(withoutIncident(state))) {
      return null;
    }
    return new IncidentMember(
        state.getSaid().getId(),
        group,
        base.getRule(),
        base.getStartTime(),
        base.getEndTime(),
        true);
  }

  private Detection current(FindingState state) {
    Detection withoutIncident = withoutIncident(state);
    return DetectionStatus.isWithdrawn(withoutIncident)
        ? withoutIncident
        : IncidentRaise.in(withoutIncident, state.getCorrelation());
  }

  private Detection withoutIncident(FindingState state) {
    Detection base = base(state);
    if (DetectionStatus.isWithdrawn(base)) {
      return base;
    }
    Detection corroborated =
        corroboration.corroborated(base, state.getConfirmations(), state.getAddresses());
    List<ExceptionEntry> covering = covering(state);
    if (covering.isEmpty()) {
      return corroborated;
    }
    return corroborated == base
        ? RetractionTexts.heldBack(base, covering)
        : RetractionTexts.outweighed(corroborated, covering);
  }

  private List<ExceptionEntry> covering(FindingState state) {
    if (state.getExceptions().isEmpty() || DetectionStatus.isWithdrawn(base(state))) {
      return List.of();
    }
    Detection base = base(state);
    List<ExceptionEntry> covering = new ArrayList<>();
    for (String id : state.getExceptions()) {
      ExceptionEntry entry = exceptions.byId(id);
      if (entry != null
          && entry.names(
              RuleInfo.ruleOf(base.getRule()),
              id(base.getPrincipal()),
              base.getPartner() == null ? null : base.getPartner().getId(),
              base.getEndTime())) {
        covering.add(entry);
      }
    }
    return covering;
  }

  List<String> exceptionsOf(FindingState state) {
    return covering(state).stream().map(ExceptionEntry::id).toList();
  }

  /**
   * Returns whether an operator's exception held a finding back, and no exception covers the
   * finding any more.
   */
  boolean isFree(FindingState state) {
    return DetectionStatus.isWithdrawn(state.getSaid())
        && !DetectionStatus.isWithdrawn(base(state))
        && covering(state).isEmpty();
  }

  static Detection base(FindingState state) {
    return state.getBase() == null ? state.getSaid() : state.getBase();
  }

  /** Returns the wall clock time at which a finding's postponed change is to be sent. */
  static long dueAt(FindingState state) {
    return state.getSaidAt() + state.getWaitMillis();
  }

  /**
   * Erases a principal from the state of a finding, and returns the outcome, or null if there is
   * nothing to erase. Of the principal's own finding only id, rule and last revision are left. In
   * any other finding a pseudonym replaces the principal.
   */
  @Nullable Next erased(FindingState state, ErasedPrincipal erasing) {
    Detection last = state.getSaid();
    Detection base = base(state);
    if (isErased(state)) {
      return null;
    }
    if (erasing.owns(base) || erasing.owns(last)) {
      Detection left = new Detection();
      left.setId(last.getId());
      left.setRevision(last.getRevision());
      left.setRule(last.getRule());
      left.setRuleVersion(last.getRuleVersion());
      left.setReason(ERASED);
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
              left,
              null,
              List.of(),
              List.of(),
              false,
              state.getSaidAt(),
              0L,
              List.of(),
              null,
              null,
              null),
          null);
    }
    Detection revised = erasing.revised(last);
    Detection revisedBase = state.getBase() == null ? null : erasing.revised(state.getBase());
    List<Confirmation> confirmations = erased(state.getConfirmations(), erasing);
    boolean changed = !revised.equals(last);
    if (!changed
        && Objects.equals(revisedBase, state.getBase())
        && confirmations.equals(state.getConfirmations())) {
      return null;
    }
    state.setSaid(revised);
    state.setBase(revisedBase);
    state.setConfirmations(confirmations);
    boolean isCorrelated = state.getCorrelation() != null;
    if (Objects.equals(state.getGroup(), IncidentGroups.ofPrincipal(erasing.principal()))) {
      state.setGroup(IncidentGroups.ofPrincipal(erasing.pseudonym()));
      state.setCorrelation(null); // the incident was the erased principal's
    }
    if (!changed || last.getRevision() == 0) {
      return new Next(state, null);
    }
    if (isCorrelated && state.getCorrelation() == null && !DetectionStatus.isWithdrawn(revised)) {
      Detection current = current(state);
      state.setBase(current == base(state) ? null : base(state));
      state.setSaid(current);
      state.setPending(false);
      revised = current;
    }
    revised.setRevision(last.getRevision() + 1);
    return new Next(state, revised);
  }

  static boolean isErased(FindingState state) {
    return state.getSaid().getReason().equals(ERASED);
  }

  private static List<Confirmation> erased(
      List<Confirmation> confirmations, ErasedPrincipal erasing) {
    return confirmations.stream()
        .map(one -> Confirmation.newBuilder(one).setAlert(erasing.revised(one.getAlert())).build())
        .toList();
  }

  private static boolean matters(Detection before, Detection now) {
    return before.getSeverity() != now.getSeverity()
        || !before.getReason().equals(now.getReason())
        || !Objects.equals(id(before.getPrincipal()), id(now.getPrincipal()))
        || !Objects.equals(before.getCorrelationId(), now.getCorrelationId())
        || !ids(before).equals(ids(now));
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
