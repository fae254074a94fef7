package dev.lockstep.detections.local;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.finding.Findings;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.FindingState;
import dev.lockstep.schemas.IncidentMember;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Findings and incidents of a run within one process, such as a replay, with the clock by which
 * revisions of the findings go out.
 */
final class LocalFindings {
  private static final Comparator<Detection> BY_END =
      Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId);

  private final KeyedStore<FindingState> store = new MemoryStore<>();
  private final Findings findings;
  private final List<IncidentMember> members = new ArrayList<>();
  private final List<Correlation> correlations = new ArrayList<>();
  private final IncidentGroups incidents =
      new IncidentGroups(new MemoryStore<>(), correlations::add);
  private final Map<String, Detection> latest = new HashMap<>();
  private LocalDriver.@Nullable Revisions revisions;
  private @Nullable Consumer<Contribution> contributions;
  private long wallAt;

  LocalFindings(RuleSet rules, Enrichment enrichment, DetectionCounters counts) {
    this.findings =
        new Findings(
            store,
            rules.repeatSeconds(),
            rules.alerts(),
            enrichment.exceptions(),
            counts,
            this::revised,
            members::add);
  }

  void onRevision(LocalDriver.Revisions taking) {
    revisions = taking;
  }

  void onContribution(Consumer<Contribution> taking) {
    contributions = taking;
  }

  private void revised(Detection revision, long arrivalAt) {
    latest.put(revision.getId(), revision);
    if (revisions != null) {
      revisions.take(revision, wallAt);
    }
  }

  /** Returns the present time in milliseconds since 1970. */
  long wallAt() {
    return wallAt;
  }

  void wallAt(long now) {
    wallAt = now;
  }

  /**
   * Applies new contributions of rules and new confirmations by alerts to the findings, in the
   * order of the events that caused these changes. A confirmation says that a Defender alert
   * confirms a finding, or that it does so no longer. Contributions to one finding keep their
   * order, even if a later one was caused by an earlier event. So do confirmations of one finding
   * by one alert and for one address.
   */
  void take(List<Shard> shards) {
    List<Shard.Caused<Contribution>> contributed = new ArrayList<>();
    List<Shard.Caused<Confirmation>> confirmed = new ArrayList<>();
    Map<String, Shard.Cause> last = new HashMap<>();
    for (Shard shard : shards) {
      shard.drainContributed(
          one -> {
            String id = Objects.requireNonNull(one.it().getDetection()).getId();
            contributed.add(
                new Shard.Caused<>(last.merge(id, one.cause(), Shard.Cause::later), one.it()));
          });
      shard.drainConfirmed(
          one -> {
            Confirmation of = one.it();
            String id =
                of.getFinding() + "\n" + of.getAlert().getAlert().getId() + "\n" + of.getAddress();
            confirmed.add(new Shard.Caused<>(last.merge(id, one.cause(), Shard.Cause::later), of));
          });
    }
    contributed.sort(Comparator.comparingInt(one -> one.event()));
    confirmed.sort(
        Comparator.comparingInt((Shard.Caused<Confirmation> one) -> one.event())
            .thenComparing(one -> one.it().getAlert().getAlert().getId())
            .thenComparing(one -> String.valueOf(one.it().getAddress())));
    Map<String, List<Shard.Caused<Confirmation>>> waiting = new HashMap<>();
    for (Shard.Caused<Confirmation> one : confirmed) {
      waiting.computeIfAbsent(one.it().getFinding(), any -> new ArrayList<>()).add(one);
    }
    int next = 0;
    for (int i = 0; i < contributed.size(); i++) {
      Shard.Caused<Contribution> one = contributed.get(i);
      while (next < confirmed.size() && confirmed.get(next).event() < one.event()) {
        confirm(confirmed.get(next++), waiting);
      }
      List<Confirmation> together = new ArrayList<>(0);
      String id = Objects.requireNonNull(one.it().getDetection()).getId();
      List<Shard.Caused<Confirmation>> of = waiting.get(id);
      while (of != null && !of.isEmpty() && of.get(0).event() <= one.event()) {
        together.add(of.remove(0).it());
      }
      if (contributions != null) {
        contributions.accept(one.it());
      }
      findings.take(one.it(), together, wallAt);
    }
    while (next < confirmed.size()) {
      confirm(confirmed.get(next++), waiting);
    }
    correlate();
  }

  private void correlate() {
    members.forEach(incidents::take);
    members.clear();
    correlations.forEach(one -> findings.take(one, wallAt));
    correlations.clear();
  }

  /**
   * Applies an alert's confirmation of a finding, or the end of that confirmation. If the finding
   * is not known yet, the confirmation waits for a contribution of this batch.
   */
  private void confirm(
      Shard.Caused<Confirmation> one, Map<String, List<Shard.Caused<Confirmation>>> waiting) {
    List<Shard.Caused<Confirmation>> of = waiting.get(one.it().getFinding());
    if (of != null && findings.knows(one.it().getFinding()) && of.remove(one)) {
      findings.take(one.it(), wallAt);
    }
  }

  /** Evicts findings and incidents that no event after the watermark can need. */
  void advance(long arrivalAt) {
    findings.advance(arrivalAt, wallAt);
    incidents.advance(arrivalAt);
  }

  /** Gives out delayed revisions whose time has come. */
  void tick() {
    findings.tick(wallAt);
    correlate();
  }

  void forEach(Consumer<FindingState> each) {
    store.forEach((id, state) -> each.accept(state));
  }

  /** Returns the last revision of each finding that is not withdrawn, by end time and id. */
  List<Detection> latest() {
    return latest.values().stream()
        .filter(detection -> !DetectionStatus.isWithdrawn(detection))
        .sorted(BY_END)
        .toList();
  }
}
