package dev.lockstep.app.sweep;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.rule.FindingId;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.rules.Severities;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.IncidentMember;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replay of a capture in which one variant of a rule runs for each tried value of a setting.
 *
 * <p>The variants run in shadow beside each other, so records are read, enriched and joined only
 * once. Findings of a variant do not belong to incidents. The severity to which an incident would
 * raise a finding is computed afterwards, from the findings of all other rules.
 */
public final class SettingSweep {
  private final SweptSetting swept;
  private final Replay replay;
  private final Map<String, String> groups = new HashMap<>();

  /**
   * Creates a sweep of one setting over the records that arrived in a span of time.
   *
   * @param from earliest arrival of a record to include, in milliseconds since 1970
   * @param to time in milliseconds since 1970; records that arrived at it or later are left out
   */
  public SettingSweep(
      SweptSetting swept,
      ConfiguredRules rules,
      Enrichment enrichment,
      long from,
      long to,
      Limits limits) {
    this.swept = swept;
    List<ConfiguredRule> variants = swept.values().stream().map(swept::variant).toList();
    this.replay =
        new Replay(
                rules.withoutCandidates().and(variants),
                enrichment,
                from,
                to,
                Runtime.getRuntime().availableProcessors(),
                limits)
            .contributing(this::record);
  }

  /**
   * Numbers of findings that a sweep counted with each tried value of a setting and with the
   * configured value.
   *
   * @param now numbers of findings with the configured value; null if the rule is off
   * @param values numbers of findings with each swept value, in ascending order of the values
   */
  public record Outcome(
      SweptSetting swept, Replay.Result result, @Nullable SweptValue now, List<SweptValue> values) {
    public Outcome {
      values = List.copyOf(values);
    }
  }

  private void record(Contribution contribution) {
    String group = contribution.getGroup();
    if (group != null) {
      groups.put(contribution.getDetection().getId(), group);
    }
  }

  /**
   * Replays captured records once, and returns the numbers of findings with each tried value of the
   * setting.
   */
  public Outcome run(List<String> paths, InputStream in, Progress progress) throws IOException {
    Replay.Result result = replay.run(paths, in, progress);
    Map<String, List<Detection>> byRule =
        result.detections().stream().collect(Collectors.groupingBy(Detection::getRule));
    String rule = swept.rule().id();
    List<Detection> now = byRule.getOrDefault(rule, List.of());
    Map<String, List<IncidentMember>> others = new HashMap<>();
    for (Detection each : result.detections()) {
      String group = groups.get(each.getId());
      if (group != null && !each.getRule().equals(rule) && !DetectionStatus.isInShadow(each)) {
        others.computeIfAbsent(group, any -> new ArrayList<>()).add(member(each, group));
      }
    }
    List<SweptValue> values = new ArrayList<>();
    for (double value : swept.values()) {
      String name = swept.name(value);
      String id = swept.variant(value).id();
      List<Detection> found = byRule.getOrDefault(id, List.of());
      values.add(
          value(
              value,
              swept.rule().settings().isShadow() ? found : raised(found, others),
              now.stream()
                  .map(each -> FindingId.ofVariant(each.getId(), name))
                  .collect(Collectors.toSet()),
              result.counters().gates().getOrDefault(id, Map.of())));
    }
    SweptValue present =
        swept.rule().settings().isEnabled()
            ? value(
                swept.now(),
                now,
                now.stream().map(Detection::getId).collect(Collectors.toSet()),
                result.counters().gates().getOrDefault(rule, Map.of()))
            : null;
    return new Outcome(swept, result, present, values);
  }

  private static SweptValue value(
      double value, List<Detection> found, Set<String> now, Map<String, Long> gates) {
    long same = found.stream().filter(each -> now.contains(each.getId())).count();
    return new SweptValue(
        value,
        SweptValue.bySeverity(found),
        found.stream().map(each -> ComparedDetection.of(each).subjectId()).distinct().count(),
        found.size() - same,
        now.size() - same,
        gates);
  }

  private static IncidentMember member(Detection finding, String group) {
    return new IncidentMember(
        finding.getId(),
        group,
        finding.getRule(),
        finding.getStartTime(),
        finding.getEndTime(),
        true);
  }

  private List<Detection> raised(List<Detection> found, Map<String, List<IncidentMember>> others) {
    Set<String> raised = new HashSet<>();
    IncidentGroups incidents =
        new IncidentGroups(
            new MemoryStore<>(),
            correlation -> {
              if (correlation.getRules().isEmpty()) {
                raised.remove(correlation.getFinding());
              } else {
                raised.add(correlation.getFinding());
              }
            });
    Set<String> entered = new HashSet<>();
    for (Detection each : found) {
      String group = groups.get(each.getId());
      if (group != null) {
        if (entered.add(group)) {
          others.getOrDefault(group, List.of()).forEach(incidents::take);
        }
        incidents.take(member(each, group));
      }
    }
    return found.stream()
        .map(
            each -> {
              if (!raised.contains(each.getId())) {
                return each;
              }
              Detection higher = Detection.newBuilder(each).build();
              higher.setSeverity(Severities.up(each.getSeverity()));
              return higher;
            })
        .toList();
  }
}
