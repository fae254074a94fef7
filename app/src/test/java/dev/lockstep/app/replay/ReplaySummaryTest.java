package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sentence below the table of incidents. */
class ReplaySummaryTest {
  private static String printed(String... incidents) {
    Replay.Result result =
        new Replay.Result(
            Stream.of(incidents).map(ReplaySummaryTest::finding).toList(),
            new IngestCounts(),
            new FirstRejections(),
            new DetectionCounters(),
            GeoDatabases.none(),
            0,
            0,
            0,
            List.of(),
            List.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ReplaySummary(result, 1, id -> "explain " + id)
        .print(new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Detection finding(String incident) {
    Detection finding = ReportFindings.finding("f" + incident, "rule", Severity.High, 0);
    finding.setCorrelationId(incident);
    return finding;
  }

  @Test
  void offersToExplainTheOnlyIncident_orTheFirstOfSeveral() {
    assertThat(printed("a"))
        .contains("1 finding in 1 incident; to see why it is one:\n  explain a\n");
    assertThat(printed("a", "b"))
        .contains("2 findings in 2 incidents; to see why the first one is an incident:\n");
  }
}
