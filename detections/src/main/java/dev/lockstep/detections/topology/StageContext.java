package dev.lockstep.detections.topology;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.enrichment.Enrichment;

/**
 * Settings and objects that all stages of the topology share: layout, rules in force, joins,
 * enrichment and counters.
 *
 * @param layout topics and partitions of the topology
 * @param running rules in force
 * @param joins optional logs that the sources may bring, such as identity links
 * @param enrichment enrichment of addresses
 * @param counts counters that the metrics read
 */
record StageContext(
    TopologyLayout layout,
    RunningRules running,
    JoinableLogs joins,
    Enrichment enrichment,
    DetectionCounters counts) {
  RuleSet rules() {
    return running.now();
  }
}
