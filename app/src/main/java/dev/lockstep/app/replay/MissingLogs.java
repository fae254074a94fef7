package dev.lockstep.app.replay;

import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RuleInfo;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Table of the logs of which a replay has no activity, with the rules that look for each log. */
final class MissingLogs {
  private static final int MOST_RULES = 8;
  private static final int MOST_CATEGORIES = 3;

  private final Map<String, IngestCounts.Totals> byCategory;
  private final Map<String, List<String>> rules = new LinkedHashMap<>();

  MissingLogs(List<RuleStatus> states, Map<String, IngestCounts.Totals> byCategory) {
    this.byCategory = byCategory;
    for (RuleStatus state : states) {
      if (state.runs() == RuleStatus.Runs.YES || state.runs() == RuleStatus.Runs.SHADOW) {
        look(state.rule().id(), state.rule().info());
      }
    }
  }

  private void look(String id, RuleInfo rule) {
    if (!rule.categories().isEmpty() && areAbsent(rule.categories())) {
      add("record of " + DisplayFormat.first(MOST_CATEGORIES, rule.categories()), id);
      return;
    }
    if (rule.needs().contains(Need.IDENTITY_LINK) && areAbsent(CategoryNames.ofCalls())) {
      add("call of an API", id);
    }
    if (rule.needs().contains(Need.ALERTS) && areAbsent(CategoryNames.ofAlerts())) {
      add("alert of Defender", id);
    }
    if (rule.needs().contains(Need.FIREWALL) && areAbsent(List.of(CategoryNames.FIREWALL))) {
      add("record of Front Door's firewall", id);
    }
  }

  private boolean areAbsent(List<String> categories) {
    return categories.stream()
        .map(byCategory::get)
        .allMatch(totals -> totals == null || totals.mapped() == 0);
  }

  private void add(String what, String rule) {
    rules.computeIfAbsent(what, absent -> new ArrayList<>()).add(rule);
  }

  /**
   * Prints a table of the logs of which the replay has no activity, with the rules that look for
   * each log. The capture may have records of such a log that were rejected, quarantined or left
   * out by their time. Prints nothing if there is no such log.
   */
  void print(PrintStream out) {
    if (rules.isEmpty()) {
      return;
    }
    TextTable table = new TextTable("Not in the capture", "Rules that look for it");
    rules.forEach((what, ids) -> table.row(List.of(what, DisplayFormat.first(MOST_RULES, ids))));
    out.println();
    table.print(out);
  }
}
