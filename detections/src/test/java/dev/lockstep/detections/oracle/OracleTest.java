package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.fail;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.FileProblem;
import dev.lockstep.schemas.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The product says what the specification says. More histories: {@code -Doracle.histories=N}; other
 * ones: {@code -Doracle.seed=N}; the first that a failure names: {@code -Doracle.histories=1} with
 * its seed.
 */
final class OracleTest {
  private static final long SEED = Long.getLong("oracle.seed", 20_261_101L);
  private static final int HISTORIES = Integer.getInteger("oracle.histories", 1500);
  private static final int FAILURES_SHOWN = Integer.getInteger("oracle.failures", 1);

  @TempDir static Path folder;
  private static Enrichment enrichment = Enrichment.none();

  @BeforeAll
  static void writeTheWorld() throws IOException, FileProblem {
    enrichment = World.in(folder);
  }

  @Test
  void agreesWithTheSpecification() {
    System.out.printf("oracle: %d histories from seed %d%n", HISTORIES, SEED);
    List<String> failures = new ArrayList<>();
    for (long seed = SEED; seed < SEED + HISTORIES; seed++) {
      History history = HistoryMaker.make(enrichment, seed);
      if (differs(history, history.events())) {
        failures.add(difference(history));
        if (failures.size() >= FAILURES_SHOWN) {
          break;
        }
      }
    }
    if (!failures.isEmpty()) {
      fail(String.join("\n\n", failures));
    }
  }

  private static boolean differs(History history, List<Activity> events) {
    return !new Oracle(enrichment, history.settings())
        .verdicts(events)
        .equals(new Product(enrichment, history.settings()).verdicts(events));
  }

  private static String difference(History history) {
    List<Activity> few = Minimal.of(history.events(), events -> differs(history, events));
    List<Verdict> specified = new Oracle(enrichment, history.settings()).verdicts(few);
    List<Verdict> said = new Product(enrichment, history.settings()).verdicts(few);
    List<Verdict> missing = new ArrayList<>(specified);
    said.forEach(missing::remove);
    List<Verdict> surplus = new ArrayList<>(said);
    specified.forEach(surplus::remove);
    return "seed %d (%s), %s%n%s%nmissing: %s%nsurplus: %s"
        .formatted(
            history.seed(),
            history.theme(),
            history.settings(),
            few.stream().map(OracleTest::text).collect(Collectors.joining("\n")),
            missing,
            surplus);
  }

  private static String text(Activity event) {
    List<Observation> seen = Observations.of(List.of(event), enrichment);
    return seen.isEmpty() ? event.toString() : seen.get(0).toString();
  }
}
