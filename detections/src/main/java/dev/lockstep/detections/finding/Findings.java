package dev.lockstep.detections.finding;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.IncidentMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeper of findings that applies changes, alerts and exceptions to them, and sends their
 * revisions. The findings are those of one task of Kafka Streams, or of one replay. Only this class
 * assigns revisions, with one exception: an erasure revises evicted findings in their topic. For
 * one thread.
 */
public final class Findings {
  private static final long KEPT_MILLIS = 34 * 86_400_000L;

  private final KeyedStore<FindingState> store;
  private final FindingReviser reviser;
  private final String alertRule;
  private final FindingCounter counts;
  private final Revisions revisions;
  private final Consumer<IncidentMember> members;
  private final Map<String, Long> waiting = new TreeMap<>();

  private long lowAt;
  private boolean loaded;

  /** Receiver of the revisions of findings. */
  @FunctionalInterface
  public interface Revisions {
    /**
     * Receives the next revision of a finding, which is to be sent.
     *
     * @param arrivalAt arrival time, in milliseconds since 1970, of the event that caused the
     *     revision; 0 if no event caused it
     */
    void take(Detection revision, long arrivalAt);
  }

  /**
   * Creates a keeper of the findings in a store, which revises these findings.
   *
   * @param repeatSeconds smallest number of seconds between a revision and a further revision that
   *     changes only counts and the like; it doubles with each such revision, up to 10 minutes
   * @param members receiver of the findings that join, change or leave the incidents of their group
   */
  public Findings(
      KeyedStore<FindingState> store,
      int repeatSeconds,
      AlertSettings alerts,
      Exceptions exceptions,
      FindingCounter counts,
      Revisions revisions,
      Consumer<IncidentMember> members) {
    this.store = store;
    this.reviser = new FindingReviser(repeatSeconds, new AlertCorroboration(alerts), exceptions);
    this.alertRule = alerts.rule();
    this.counts = counts;
    this.revisions = revisions;
    this.members = members;
  }

  /**
   * Reads the store on first use, and revises findings that no exception holds back any more. The
   * store may not be restored yet when this object is created.
   */
  private void load(long now) {
    if (loaded) {
      return;
    }
    loaded = true;
    List<FindingState> free = new ArrayList<>();
    List<FindingState> moved = new ArrayList<>();
    store.forEach(
        (id, state) -> {
          list(state);
          if (reviser.isFree(state)) {
            free.add(state);
          } else {
            count(state);
            if (!Objects.equals(reviser.member(state), state.getMember())) {
              moved.add(state);
            }
          }
        });
    free.forEach(state -> keep(reviser.again(state, now), isCorroborated(state.getSaid()), 0));
    for (FindingState state : moved) { // the store was written before there were incidents
      sendMember(state);
      store.put(state.getSaid().getId(), state);
    }
  }

  /**
   * Applies a rule's contribution to a finding.
   *
   * @param now wall clock time in milliseconds since 1970
   */
  public void take(Contribution contribution, long now) {
    take(contribution, List.of(), now);
  }

  /**
   * Applies a rule's contribution and the confirmations by alerts to one finding, as a single
   * change.
   */
  public void take(Contribution contribution, List<Confirmation> confirmations, long now) {
    load(now);
    Detection detection = Objects.requireNonNull(contribution.getDetection());
    String id = detection.getId();
    FindingState state = store.get(id);
    if (state == null && detection.getEndTime() < oldest()) {
      return; // the finding is evicted, and no event that is still accepted can have changed it
    }
    boolean corroborated = state != null && isCorroborated(state.getSaid());
    FindingReviser.Next next = reviser.take(state, contribution, confirmations, now);
    long arrivalAt = contribution.getArrivalAt();
    keep(next, corroborated, arrivalAt);
    if (next != null && next.revision() != null && arrivalAt > 0 && now >= arrivalAt) {
      counts.took(detection.getRule(), now - arrivalAt);
    }
  }

  /** Returns whether a finding is stored. */
  public boolean knows(String finding) {
    return store.get(finding) != null;
  }

  /**
   * Stores that an alert confirms a finding, or no longer confirms it, and revises the finding if
   * the confirmation changes the finding.
   */
  public void take(Confirmation confirmation, long now) {
    load(now);
    FindingState state = store.get(confirmation.getFinding());
    if (state == null) {
      return; // the finding is evicted; a rule's contribution comes before any confirmation
    }
    boolean corroborated = isCorroborated(state.getSaid());
    keep(reviser.take(state, confirmation, now), corroborated, 0);
  }

  /**
   * Stores to which incident a finding belongs, and revises the finding if its incident has
   * changed. A correlation without an id means that the finding is in no incident.
   */
  public void take(Correlation correlation, long now) {
    load(now);
    FindingState state = store.get(correlation.getFinding());
    if (state != null) {
      keep(reviser.take(state, correlation, now), isCorroborated(state.getSaid()), 0);
    }
  }

  private void sendMember(FindingState state) {
    IncidentMember before = state.getMember();
    IncidentMember now = reviser.member(state);
    if (Objects.equals(before, now)) {
      return;
    }
    if (before != null && (now == null || !now.getGroup().equals(before.getGroup()))) {
      members.accept(IncidentMember.newBuilder(before).setStands(false).build());
    }
    if (now == null) {
      state.setCorrelation(null);
    } else {
      members.accept(now);
    }
    state.setMember(now);
  }

  /** Receiver of the findings that an erasure changes or deletes. */
  @FunctionalInterface
  public interface ErasedFinding {
    /**
     * Receives a finding that the erasure changed or deleted.
     *
     * @param revision finding of another principal, with a pseudonym in place of the erased one;
     *     null if the finding was the erased principal's own and is deleted
     */
    void take(String finding, @Nullable Detection revision);
  }

  /**
   * Erases a principal from all stored findings. Findings of the principal are erased, except those
   * about a partner. In all other findings, the pseudonym is put in place of the principal.
   */
  public void erase(ErasedPrincipal erasing, ErasedFinding changed) {
    List<FindingState> states = new ArrayList<>();
    store.forEach((id, state) -> states.add(state));
    states.forEach(state -> erase(state, erasing, changed));
  }

  /** Erases a principal from one finding, if that finding is stored. */
  public void erase(String finding, ErasedPrincipal erasing, ErasedFinding changed) {
    FindingState state = store.get(finding);
    if (state != null) {
      erase(state, erasing, changed);
    }
  }

  private void erase(FindingState state, ErasedPrincipal erasing, ErasedFinding changed) {
    String id = state.getSaid().getId();
    int revision = state.getSaid().getRevision();
    FindingReviser.Next next = reviser.erased(state, erasing);
    if (next == null) {
      return;
    }
    sendMember(next.state());
    store.put(id, next.state());
    list(next.state());
    count(next.state());
    if (next.revision() != null) {
      changed.take(id, next.revision());
    } else if (revision > 0 && FindingReviser.isErased(next.state())) {
      changed.take(id, null);
    }
  }

  private void list(FindingState state) {
    String id = state.getSaid().getId();
    if (state.getPending()) {
      waiting.put(id, FindingReviser.dueAt(state));
    } else {
      waiting.remove(id);
    }
  }

  private void count(FindingState state) {
    Detection last = state.getSaid();
    if (RuleInfo.ruleOf(last.getRule())
        .equals(last.getRule())) { // findings of a variant are not sent
      counts.excepted(last.getId(), reviser.exceptionsOf(state), DetectionStatus.isWithdrawn(last));
    }
  }

  private void keep(FindingReviser.@Nullable Next next, boolean wasCorroborated, long arrivalAt) {
    if (next == null) {
      return;
    }
    FindingState state = next.state();
    sendMember(state);
    store.put(state.getSaid().getId(), state);
    list(state);
    count(state);
    Detection revision = next.revision();
    if (revision == null) {
      return;
    }
    if (revision.getRevision() == 1) {
      counts.finding(revision.getRule(), revision.getSeverity().name());
    }
    if (!wasCorroborated && isCorroborated(state)) {
      counts.countCorroborated(alertRule);
    }
    revisions.take(revision, arrivalAt);
  }

  private static boolean isCorroborated(FindingState state) {
    return !state.getConfirmations().isEmpty() && isCorroborated(state.getSaid());
  }

  private static boolean isCorroborated(Detection detection) {
    return !detection.getDefenderAlerts().isEmpty();
  }

  /** Sends a revision of each finding whose delayed changes are due by the wall clock. */
  public void tick(long now) {
    load(now);
    List<String> due = new ArrayList<>();
    waiting.forEach(
        (id, at) -> {
          if (at <= now) {
            due.add(id);
          }
        });
    for (String id : due) {
      FindingState state = store.get(id);
      waiting.remove(id);
      if (state != null) {
        keep(reviser.waited(state, now), isCorroborated(state.getSaid()), 0);
      }
    }
  }

  /**
   * Advances the watermark, and, when the watermark enters another UTC day, evicts the findings
   * that cannot change any more. Waiting revisions of these findings are made first. Other
   * revisions wait for {@link #tick}.
   */
  public void advance(long low, long now) {
    load(now);
    long before = Math.floorDiv(lowAt, 86_400_000L);
    lowAt = Math.max(lowAt, low);
    if (Math.floorDiv(lowAt, 86_400_000L) == before) {
      return;
    }
    long oldest = oldest();
    List<FindingState> gone = new ArrayList<>();
    store.forEach(
        (id, state) -> {
          if (FindingReviser.base(state).getEndTime() < oldest) {
            gone.add(state);
          }
        });
    for (FindingState state : gone) {
      String id = state.getSaid().getId();
      FindingReviser.Next last = state.getPending() ? reviser.waited(state, now) : null;
      if (last != null && last.revision() != null) {
        revisions.take(last.revision(), 0);
      }
      store.delete(id);
      waiting.remove(id);
      counts.evicted(id);
    }
  }

  private long oldest() {
    return lowAt - KEPT_MILLIS;
  }
}
