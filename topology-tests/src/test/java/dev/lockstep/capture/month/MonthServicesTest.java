package dev.lockstep.capture.month;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** False alarms of the rules that read services, and of delegated traffic. */
final class MonthServicesTest {
  private static final long SEED = 7;
  private static final double MOST_PER_THOUSAND = 0.2;
  private static final Set<String> FIRST_FOUR =
      Set.of("impossible-travel", "token-replay", "partner-ip-drift", "defender-corroboration");

  @TempDir Path folder;

  private Replay.Result replay(String configuration, boolean delegated) throws IOException {
    Config config = Config.read(folder.resolve(configuration), Map.of());
    List<String> paths;
    try (Stream<Path> files = Files.list(folder.resolve("hubs"))) {
      paths =
          files
              .filter(file -> delegated || !file.getFileName().toString().startsWith("delegated-"))
              .map(Path::toString)
              .sorted()
              .toList();
    }
    return new Replay(config.rules(), Wiring.enrichment(config), Long.MIN_VALUE, Long.MAX_VALUE, 1)
        .run(paths, CaptureFolder.nothing(), CaptureFolder.silent());
  }

  private static Set<String> ofTheFirstFour(Replay.Result result) {
    return result.detections().stream()
        .filter(finding -> FIRST_FOUR.contains(finding.getRule()))
        .map(
            finding ->
                String.join(
                    " ",
                    finding.getId(),
                    finding.getReason(),
                    finding.getSeverity().name(),
                    Integer.toString(finding.getCount())))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, Long> ofTheOthers(Replay.Result result) {
    return result.detections().stream()
        .map(Detection::getRule)
        .filter(rule -> !FIRST_FOUR.contains(rule))
        .collect(Collectors.groupingBy(rule -> rule, TreeMap::new, Collectors.counting()));
  }

  private double perThousandAndDay(int people, int days) throws IOException {
    BenignMonth.write(folder, SEED, people, days);
    Replay.Result result = replay("lockstep.yaml", true);
    Map<String, Long> alarms = ofTheOthers(result);
    double rate =
        1000.0 * alarms.values().stream().mapToLong(Long::longValue).sum() / people / days;
    System.out.printf(
        "seed %d, %d people, %d days: %.3f false alarms per 1,000 people and day, %s%n",
        SEED, people, days, rate, alarms);
    assertThat(result.rules()).hasSize(BuiltInRules.all().size());
    assertThat(result.rules()).allMatch(rule -> rule.text().equals("yes"));
    assertThat(result.counts().total().rejected()).isZero();
    assertThat(result.counters().gates().keySet())
        .as("rules that the month gives something to suppress")
        .contains(
            "session-replay",
            "privileged-without-pim",
            "vault-outside",
            "workload-credential-drift");
    return rate;
  }

  @Test
  void givesNoFindingOfTheOtherRules_inThreeWeeks() throws IOException {
    assertThat(perThousandAndDay(12, 20)).isZero();
  }

  @Test
  @Tag("long")
  void givesFewFindingsOfTheOtherRules_inAMonth() throws IOException {
    assertThat(perThousandAndDay(400, 30)).isLessThan(MOST_PER_THOUSAND);
  }

  @Test
  void addsNoFindingOfTheFirstFour_byDelegatedTrafficWithoutANetworksFile() throws IOException {
    BenignMonth.write(folder, SEED, 30, 5);

    Replay.Result with = replay("without-networks.yaml", true);
    Replay.Result without = replay("without-networks.yaml", false);

    assertThat(with.counts().total().read()).isGreaterThan(without.counts().total().read());
    assertThat(gates(with, "impossible-travel").get("on-behalf-of")).isPositive();
    assertThat(gates(with, "token-replay").get("on-behalf-of")).isPositive();
    assertThat(ofTheFirstFour(with)).isNotEmpty().isEqualTo(ofTheFirstFour(without));
  }

  private static Map<String, Long> gates(Replay.Result result, String rule) {
    return Objects.requireNonNull(result.counters().gates().get(rule));
  }
}
