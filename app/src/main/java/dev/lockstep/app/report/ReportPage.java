package dev.lockstep.app.report;

import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.schemas.Detection;
import java.util.List;

/**
 * Content of an HTML page that {@link HtmlReport} writes: the report of a replay, or the live page
 * of a service.
 *
 * @param firstAt first arrival in milliseconds since 1970, 0 if there was none
 * @param lastAt last arrival in milliseconds since 1970, 0 if there was none
 * @param sections further tables
 * @param summary lines of text at the end
 */
public record ReportPage(
    ReportOrigin source,
    List<Detection> detections,
    List<RuleStatus> rules,
    long firstAt,
    long lastAt,
    List<ReportSection> sections,
    String summary) {
  public ReportPage {
    detections = List.copyOf(detections);
    rules = List.copyOf(rules);
    sections = List.copyOf(sections);
  }
}
