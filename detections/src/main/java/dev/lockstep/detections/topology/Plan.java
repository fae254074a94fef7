package dev.lockstep.detections.topology;

import dev.lockstep.detections.Tally;
import dev.lockstep.detections.engine.RuleSet;
import dev.lockstep.detections.join.JoinSettings;
import dev.lockstep.detections.local.TallyCounts;
import dev.lockstep.enrichment.Enrichment;

/**
 * Parts that every stage works with.
 *
 * @param layout of the topology
 * @param rules that run
 * @param joins which sources may bring what is joined
 * @param enrichment of addresses
 * @param tally of what is counted
 * @param counts that write into the tally
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
