package dev.lockstep.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.rules.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandidatesTest {
  @TempDir private Path folder;

  private Config read(String rules, Map<String, String> variables) throws IOException {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), "rules:\n" + rules);
    return Config.read(file, variables);
  }

  private static Map<String, String> values(ConfiguredRule rule) {
    Map<String, String> values = new TreeMap<>();
    for (Setting setting : rule.info().settings()) {
      values.put(setting.name(), rule.value(setting));
    }
    return values;
  }

  @Test
  void takesItsRulesSettings_whereItHasNoneOfItsOwn() throws IOException {
    Config config =
        read(
            """
              impossible-travel: {minDistanceKm: 300, enabled: false}
              impossible-travel@tight: {maxSpeedKmh: 700}
              impossible-travel@wide: {maxSpeedKmh: 1200, shadow: true}
            """,
            Map.of("LOCKSTEP_RULES_IMPOSSIBLE_TRAVEL_TIGHT_MAX_HOURS", "12"));
    ConfiguredRule rule = Objects.requireNonNull(config.rules().rule("impossible-travel"));
    ConfiguredRule tight = Objects.requireNonNull(config.rules().rule("impossible-travel@tight"));
    Map<String, String> expected = values(rule);
    expected.put("maxSpeedKmh", "700");
    expected.put("maxHours", "12");
    assertThat(values(tight)).isEqualTo(expected);
    assertThat(tight.settings().isShadow()).isTrue();
    assertThat(tight.settings().isEnabled()).isTrue();
    assertThat(config.rules().ids()).doesNotContain("impossible-travel@tight");
    assertThat(config.rules().idsWithCandidates())
        .startsWith("impossible-travel", "impossible-travel@wide", "impossible-travel@tight");
    List<String> active =
        RuleSets.of(config.rules()).rules().stream().map(one -> one.info().id()).toList();
    assertThat(active)
        .contains("impossible-travel@tight", "impossible-travel@wide")
        .doesNotContain("impossible-travel");
  }

  @Test
  void hasStateAndMeaningOfItsOwn() throws IOException {
    Config config = read("  token-replay@x: {expirySkewMinutes: 30}\n", Map.of());
    List<Integer> codes =
        RuleSets.of(config.rules()).rules().stream().map(one -> one.code()).toList();
    assertThat(codes).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "impossible-travel@Fast: {maxSpeedKmh: 700} | has the name \"Fast\", which no candidate may"
            + " have",
        "'impossible-travel@': {maxSpeedKmh: 700} | has the name \"\", which no candidate may have",
        "impossible-travel@a@b: {maxSpeedKmh: 700} | has the name \"a@b\", which no candidate may"
            + " have",
        "imposible-travel@a: {maxSpeedKmh: 700} | unknown key \"rules.imposible-travel@a\"",
        "impossible-travel@a: {maxSpeed: 700} | nearest known one is"
            + " \"rules.impossible-travel@a.maxSpeedKmh\"",
        "impossible-travel@a: {maxSpeedKmh: 7000000} | rules.impossible-travel@a.maxSpeedKmh",
        "impossible-travel@a: {maxSpeedKmh: 700, shadow: false} | a candidate runs only in shadow",
        "impossible-travel@a: {maxSpeedKmh: 900} | has the same settings as impossible-travel",
        "impossible-travel@a: {} | has the same settings as impossible-travel",
        "defender-corroboration@a: {} | such as flagMinutes, or remove it",
        "impossible-travel@a: | has the same settings as impossible-travel",
        "partner-ip-drift@a: {windowDays: 30, knownDays: 40} | has settings that contradict each"
            + " other",
        "defender-corroboration@a: {settleMinutes: 5} | is shared by all rules",
        "imposible-travel@tight: {maxSpeedKmh: 700} | the nearest known one is"
            + " \"rules.impossible-travel@tight\"",
      })
  void refusesWhatIsNone_withItsPlace(String candidate, String message) {
    assertThatThrownBy(() -> read("  " + candidate + "\n", Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("lockstep.yaml:2")
        .hasMessageContaining(message);
    ConfigProblems problems = ConfigProblems.of(folder.resolve("lockstep.yaml"), Map.of());
    assertThat(problems.found()).hasSizeBetween(1, 2); // without its value it has none
    assertThat(problems.rest()).isNotNull();
  }
}
