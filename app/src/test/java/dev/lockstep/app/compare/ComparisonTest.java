package dev.lockstep.app.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final List<Severity> SEVERITIES = List.of(Severity.values());
  private static final List<String> RULES = List.of("token-replay", "a-rule", "Ärger", "z");
  private static final List<String> REASONS = List.of("one", "two", "withdrawn");

  private static ComparedDetection finding(Random random, int id, int revision) {
    return new ComparedDetection(
        "id" + id,
        revision,
        RULES.get(id % RULES.size()),
        REASONS.get(random.nextInt(REASONS.size())),
        SEVERITIES.get(random.nextInt(SEVERITIES.size())),
        random.nextInt(3),
        random.nextInt(10) == 0,
        "title " + random.nextInt(),
        null,
        null,
        null,
        null,
        id * 1_000L,
        id * 1_000L - 40_000,
        List.of());
  }

  private static List<ComparedDetection> run(Random random) {
    List<ComparedDetection> run = new ArrayList<>();
    for (int i = random.nextInt(200); i > 0; i--) {
      run.add(finding(random, random.nextInt(150), random.nextInt(3)));
    }
    return run;
  }

  /** Returns the last revision of each finding that is not retracted, by the simplest way. */
  private static Map<String, ComparedDetection> active(List<ComparedDetection> run) {
    Map<String, ComparedDetection> last = new TreeMap<>();
    for (ComparedDetection one : run) {
      ComparedDetection known = last.get(one.id());
      if (known == null || one.revision() >= known.revision()) {
        last.put(one.id(), one);
      }
    }
    last.values().removeIf(one -> one.reason().equals("withdrawn"));
    return last;
  }

  private static List<Difference> differences(Comparison comparison) {
    List<Difference> all = new ArrayList<>();
    comparison.forEach(all::add);
    return all;
  }

  @Test
  void isTheDifferenceOfTwoSets_whateverTheOrderTheRevisionsAndTheMemory() throws IOException {
    long seed = 20261128;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      List<ComparedDetection> before = run(random);
      List<ComparedDetection> after = run(random);
      if (round % 3 == 0) {
        after.addAll(before.subList(0, before.size() / 2));
      }
      Map<String, ComparedDetection> first = active(before);
      Map<String, ComparedDetection> second = active(after);
      Map<String, String> expected = new TreeMap<>();
      first.forEach(
          (id, one) -> {
            ComparedDetection other = second.get(id);
            if (other == null) {
              expected.put(id, "gone");
            } else if (one.severity() != other.severity()
                || !one.reason().equals(other.reason())
                || one.count() != other.count()
                || one.shadow() != other.shadow()) {
              expected.put(id, "changed");
            }
          });
      second.keySet().stream()
          .filter(id -> !first.containsKey(id))
          .forEach(id -> expected.put(id, "appeared"));
      long memory = round % 2 == 0 ? 1L << 24 : 2_000; // many runs on disk
      try (Comparison comparison = new Comparison(DetectionFilter.ALL, memory)) {
        before.forEach(comparison::before);
        after.forEach(comparison::after);
        comparison.compare();
        Map<String, String> found = new TreeMap<>();
        for (Difference one : differences(comparison)) {
          String id = one.either().id();
          found.put(id, one.kind().word());
          assertThat(one.before()).isEqualTo(first.get(id));
          assertThat(one.after()).isEqualTo(second.get(id));
        }
        assertThat(found).as("round " + round).isEqualTo(expected);
        assertThat(comparison.findingsBefore()).isEqualTo(first.size());
        assertThat(comparison.findingsAfter()).isEqualTo(second.size());
        assertThat(comparison.differs()).isEqualTo(!expected.isEmpty());
        assertThat(comparison.count(Difference.Kind.SAME))
            .isEqualTo(
                first.keySet().stream()
                    .filter(id -> second.containsKey(id) && !expected.containsKey(id))
                    .count());
      }
    }
  }

  @Test
  void comesByRuleKindAndEnd_andIsTheSameInAnyOrder() throws IOException {
    Random random = new Random(7);
    List<ComparedDetection> before = new ArrayList<>(active(run(random)).values());
    List<ComparedDetection> after = new ArrayList<>(active(run(random)).values());
    List<List<Difference>> results = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      try (Comparison comparison = new Comparison(DetectionFilter.ALL, 1_000)) {
        before.forEach(comparison::before);
        after.forEach(comparison::after);
        comparison.compare();
        results.add(differences(comparison));
      }
      Collections.shuffle(before, random);
      Collections.shuffle(after, random);
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
    assertThat(results.get(0))
        .hasSizeGreaterThan(20)
        .isSortedAccordingTo(
            java.util.Comparator.comparing((Difference one) -> one.either().rule())
                .thenComparing(Difference::kind)
                .thenComparing(one -> one.either().endAt()));
  }

  @Test
  void keepsAFinding_ofWhichOneSideIsWanted() throws IOException {
    Random random = new Random(1);
    ComparedDetection low = with(finding(random, 1, 1), Severity.Low);
    ComparedDetection high = with(low, Severity.High);
    ComparedDetection other = with(finding(random, 2, 1), Severity.Low);
    try (Comparison comparison =
        new Comparison(new DetectionFilter(Set.of(), Set.of(Severity.High)))) {
      comparison.before(low);
      comparison.before(other);
      comparison.after(high);
      comparison.compare();
      assertThat(differences(comparison)).containsExactly(new Difference(low, high));
    }
  }

  private static ComparedDetection with(ComparedDetection one, Severity severity) {
    return new ComparedDetection(
        one.id(),
        one.revision(),
        one.rule(),
        "one",
        severity,
        one.count(),
        false,
        one.title(),
        one.principal(),
        one.partner(),
        one.ip(),
        one.group(),
        one.startAt(),
        one.endAt(),
        List.of());
  }
}
