package dev.lockstep.app.page;

import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.report.ReportSource;
import dev.lockstep.app.service.Service;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.source.Ingest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Findings of all instances, and the state of this one.
 *
 * @param origin origin of the findings, with commands about one
 */
public record ServiceContent(Service service, LatestFindings findings, ReportSource origin)
    implements PageContent {
  @Override
  public long changes() {
    return findings.changes();
  }

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(service.notReady());
    String unread = findings.problem();
    if (unread != null) {
      problems.add("page: " + unread);
    }
    return problems.isEmpty() ? service.degraded() : problems;
  }

  @Override
  public ReportPage page() {
    long changes = findings.changes(); // before the findings, so that a change is never missed
    return new ReportPage(
        origin.after(changes),
        findings.all(),
        service.rules(),
        0,
        0,
        List.of(health(), sources()),
        "");
  }

  private ReportSection health() {
    List<List<String>> rows = new ArrayList<>();
    service.notLive().forEach(reason -> rows.add(List.of("restart", reason)));
    service.notReady().forEach(reason -> rows.add(List.of("not ready", reason)));
    service.degraded().forEach(reason -> rows.add(List.of("warning", reason)));
    String roles =
        String.join(
            ", ",
            service.roles().stream().map(role -> role.name().toLowerCase(Locale.ROOT)).toList());
    return new ReportSection(
        "health",
        "Health",
        List.of("State", "Reason"),
        rows,
        (rows.isEmpty() ? "Ready. " : "") + "Roles of this instance: " + roles + ".");
  }

  private ReportSection sources() {
    List<List<String>> rows = new ArrayList<>();
    Map<String, List<Ingest.Lag>> lags = service.lags();
    service
        .read()
        .forEach(
            (source, counts) -> {
              IngestCounts.Totals sums = counts.total();
              List<Ingest.Lag> behind = lags.getOrDefault(source, List.of());
              rows.add(
                  List.of(
                      source,
                      String.valueOf(sums.read()),
                      String.valueOf(sums.mapped()),
                      String.valueOf(sums.ignored()),
                      String.valueOf(sums.rejected()),
                      String.valueOf(sums.quarantined()),
                      String.valueOf(behind.size()),
                      String.valueOf(behind.stream().mapToLong(Ingest.Lag::left).sum())));
            });
    return new ReportSection(
        "sources",
        "Sources",
        List.of(
            "Source",
            "Read",
            "Activities",
            "Ignored",
            "Rejected",
            "Quarantined",
            "Partitions",
            "Messages left"),
        rows,
        "Of this instance, since its start.");
  }
}
