package dev.lockstep.app.cli;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.report.HtmlReport;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Rows of the tables that the command {@code demo} prints: the worst incidents, and after them the
 * worst findings without incident. Both parts begin with the worst.
 */
final class DemoFindings {
  private static final int MOST = 10;

  private DemoFindings() {}

  /**
   * Incident or finding of the list.
   *
   * @param option option of explain that takes the id
   * @param of subject, such as a person, a partner or an address
   * @param what title, or for an incident its findings in words
   */
  public record Row(
      String option, String id, Severity severity, long startAt, String of, String what) {}

  public static List<Detection> first(Collection<Detection> detections, int most) {
    return detections.stream().sorted(HtmlReport.WORST_FIRST).limit(most).toList();
  }

  /**
   * Returns at most ten rows: the worst incidents, and after them the worst findings that are in no
   * incident. Both parts begin with the worst.
   */
  public static List<Row> of(Collection<Detection> detections) {
    List<Row> worst = new ArrayList<>();
    for (Incident incident : Incident.of(detections)) {
      worst.add(
          new Row(
              "--incident",
              incident.correlationId(),
              incident.severity(),
              incident.startAt(),
              incident.subject(),
              "incident of %d findings: %s"
                  .formatted(incident.findings().size(), String.join(", ", incident.rules()))));
    }
    detections.stream()
        .filter(finding -> finding.getCorrelationId() == null)
        .sorted(HtmlReport.WORST_FIRST)
        .limit(MOST)
        .forEach(
            finding ->
                worst.add(
                    new Row(
                        "--detection",
                        finding.getId(),
                        finding.getSeverity(),
                        finding.getStartTime(),
                        ComparedDetection.of(finding).subject(),
                        finding.getTitle())));
    return List.copyOf(worst.subList(0, Math.min(MOST, worst.size())));
  }
}
