package dev.lockstep.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.service.Service;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Meters of rules, of a service that is not started. */
final class MetersTest {
  private static final int SIGMA_RULES = 300;

  @TempDir Path folder;

  @Test
  void countersOfFindingsAndRows_beginAtZero_forWhatARuleCanHave() throws Exception {
    sigmaRules(1);
    Config config =
        config(
            """
              directories: [own]
              impossible-travel@tight: {maxSpeedKmh: 700}
              token-replay: {enabled: false}
            """);
    try (Service service = service(config);
        Meters meters = new Meters(service)) {
      String scraped = meters.registry().scrape();
      assertThat(severities(scraped, "sigma-0"))
          .as("its own, and those to which an alert and an incident raise it")
          .containsExactlyInAnyOrder("Low", "Medium", "High");
      assertThat(severities(scraped, "gateway-probing"))
          .containsExactlyInAnyOrder("Medium", "High");
      assertThat(severities(scraped, "impossible-travel@tight")).contains("High");
      assertThat(severities(scraped, "token-replay")).as("a rule that is off").isEmpty();
      assertThat(rowsOf(scraped, "sigma-0")).hasSize(2);
      assertThat(rowsOf(scraped, "impossible-travel")).hasSize(2);
      assertThat(rowsOf(scraped, "impossible-travel@tight")).as("in shadow").isEmpty();
      assertThat(rowsOf(scraped, "token-replay")).isEmpty();

      service.counters().finding("sigma-0", Severity.Low.name());
      service.counters().finding("token-replay", Severity.High.name());
      service.counters().suppressed("sigma-0", "known");
      service.counters().counted("sigma-0", "used");
      service.counters().failed("sigma-0", "judge", new IllegalStateException("a rule's failure"));
      service.counters().deadLetter();
      meters.refresh();
      assertThat(meters.registry().scrape())
          .contains("lockstep_detect_dead_letters_total 1.0")
          .contains("lockstep_findings_total{rule=\"sigma-0\",severity=\"Low\"} 1.0")
          .contains("lockstep_findings_total{rule=\"sigma-0\",severity=\"High\"} 0.0")
          .contains("lockstep_findings_total{rule=\"token-replay\",severity=\"High\"} 1.0")
          .contains("lockstep_rule_gates_total{gate=\"known\",rule=\"sigma-0\"} 1.0")
          .contains("lockstep_rule_coverage_total{rule=\"sigma-0\",sees=\"used\"} 1.0")
          .contains("lockstep_rule_failures_total{rule=\"sigma-0\"} 1.0");
    }
  }

  @Test
  void degraded_isOneWhileThereIsAReasonForIt() throws Exception {
    Config config = config("  token-replay: {enabled: false}\n");
    try (Service service = service(config);
        Meters meters = new Meters(service)) {
      assertThat(meters.registry().scrape()).contains("lockstep_degraded 0.0");
      Files.delete(service.statePath().resolve("running"));
      assertThat(service.degraded()).hasSize(1);
      assertThat(meters.registry().scrape()).contains("lockstep_degraded 1.0");
    }
  }

  /** A copy of all counters for each of them would be quadratic in the number of rules. */
  @Test
  void aScrape_copiesNoCounters() throws Exception {
    sigmaRules(SIGMA_RULES);
    try (Service service = service(config("  directories: [own]\n"));
        Meters meters = new Meters(service)) {
      DetectionCounters counters = service.counters();
      for (int i = 0; i < SIGMA_RULES; i++) {
        counters.finding("sigma-" + i, Severity.Low.name());
        counters.suppressed("sigma-" + i, "known");
        counters.counted("sigma-" + i, "used");
        counters.counted("sigma-" + i, "unused");
      }
      meters.refresh();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      String first = meters.registry().scrape();
      long before = threads.getCurrentThreadAllocatedBytes();
      String scraped = meters.registry().scrape();
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(linesOfRules(scraped)).isPositive().isEqualTo(linesOfRules(first));
      assertThat(allocated)
          .as("bytes allocated by a scrape of " + scraped.lines().count() + " lines")
          .isLessThan(scraped.length() * 50L);
    }
  }

  private static long linesOfRules(String scraped) {
    return scraped.lines().filter(line -> line.contains("\"sigma-")).count();
  }

  private void sigmaRules(int number) throws IOException {
    Path rules = Files.createDirectories(folder.resolve("own"));
    for (int i = 0; i < number; i++) {
      Files.writeString(
          rules.resolve("sigma-" + i + ".yml"),
          """
          title: Sign-in number %1$d
          name: sigma-%1$d
          logsource: {product: azure, service: signinlogs}
          detection:
            selection: {ResultType: %1$d}
            condition: selection
          level: low
          """
              .formatted(i));
    }
  }

  private Config config(String rules) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            sinks: [{name: archive, type: file, path: archive.jsonl}]
            rules:
            """
                + rules);
    return Config.read(
        file,
        Map.of(
            "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
            "127.0.0.1:1",
            "LOCKSTEP_KAFKA_STATE_DIR",
            folder.resolve("state").toString()));
  }

  private static Service service(Config config) {
    return new Service(config, EnumSet.of(Service.Role.DETECT, Service.Role.FORWARD));
  }

  private static List<String> severities(String scraped, String rule) {
    String start = "lockstep_findings_total{rule=\"" + rule + "\",severity=\"";
    return scraped
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length(), line.indexOf('"', start.length())))
        .toList();
  }

  private static List<String> rowsOf(String scraped, String rule) {
    return scraped
        .lines()
        .filter(line -> line.startsWith("lockstep_forwarder_rule_"))
        .filter(line -> line.contains("{rule=\"" + rule + "\""))
        .toList();
  }
}
