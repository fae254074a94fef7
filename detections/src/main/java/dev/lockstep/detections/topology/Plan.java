package dev.lockstep.detections.topology;

import dev.lockstep.detections.Tally;
import dev.lockstep.detections.TallyCounts;
import dev.lockstep.detections.join.JoinSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;

/**
 * Collaborators that every stage works with.
 *
 * @param layout of the topology
 * @param rules active rules
 * @param joins settings of the sources that may bring what is joined
 * @param enrichment of addresses
 * @param tally tally that the metrics read
 * @param counts counters that add to the tally
 */
record Plan(
    Layout layout,
    RuleSet rules,
    JoinSettings joins,
    Enrichment enrichment,
    Tally tally,
    TallyCounts counts) {
  Plan(Layout layout, RuleSet rules, JoinSettings joins, Enrichment enrichment, Tally tally) {
    this(layout, rules, joins, enrichment, tally, new TallyCounts(tally, rules.alerts().rule()));
  }
}
