package dev.lockstep.app.report;

import java.util.List;

/**
 * Additional table of an HTML page, beside the tables of findings and rules, such as the effect of
 * exceptions.
 *
 * @param id id of the heading within the page
 * @param note sentences below the heading
 */
public record ReportSection(
    String id, String title, List<String> headings, List<List<String>> rows, String note) {
  public ReportSection {
    headings = List.copyOf(headings);
    rows = rows.stream().map(List::copyOf).toList();
  }
}
