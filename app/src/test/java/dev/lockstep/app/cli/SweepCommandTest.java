package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.sweep.SweptSetting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SweepCommandTest {
  @TempDir private Path folder;

  private Ran sweep(String rules, String... options) throws IOException {
    return new BundledCapture(folder).run("sweep", rules, options);
  }

  /** Returns the findings by rule of one replay, with a value of each of some settings. */
  private JsonNode replayed(Map<String, String> rules) throws IOException {
    List<String> settings = new ArrayList<>();
    rules.forEach((rule, setting) -> settings.add("%s: {%s}".formatted(rule, setting)));
    Ran ran =
        new BundledCapture(folder).run("replay", "{" + String.join(", ", settings) + "}", "--json");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    return BundledCapture.JSON.readTree(ran.out()).path("byRule");
  }

  private static Map<String, Integer> counts(JsonNode bySeverity) {
    Map<String, Integer> counts = new TreeMap<>();
    bySeverity
        .properties()
        .forEach(
            one -> {
              if (one.getValue().intValue() > 0) {
                counts.put(one.getKey(), one.getValue().intValue());
              }
            });
    return counts;
  }

  @Test
  void takesAsManyValuesAsFit_ofARangeWhoseEndIsNoStep() {
    ConfiguredRules rules = Config.read(null, Map.of()).rules();
    assertThat(SweptSetting.parse("impossible-travel.maxSpeedKmh=600..898:3", rules).values())
        .hasSize(100)
        .endsWith(897.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"enabled", "shadow"})
  void saysThatAKeyWithoutValuesToTryCannotBeSwept(String key) {
    ConfiguredRules rules = Config.read(null, Map.of()).rules();
    assertThatThrownBy(
            () -> SweptSetting.parse("impossible-travel.%s=true,false".formatted(key), rules))
        .hasMessageContainingAll(
            "could not use --set: the keys enabled and shadow say whether a rule runs and"
                + " whether its findings are sent",
            "rules show impossible-travel")
        .hasMessageNotContaining("did you mean");
  }

  /**
   * A setting of one of these rules changes no finding of the others in the bundled capture, so one
   * replay has a value of each.
   */
  @Test
  void equalsSingleReplays_valueByValue() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("impossible-travel", "maxSpeedKmh");
    settings.put("partner-ip-drift", "learningDays");
    settings.put("token-replay", "expirySkewMinutes");
    Map<String, List<String>> values =
        Map.of(
            "impossible-travel", List.of("300", "900", "2500"),
            "partner-ip-drift", List.of("3", "20"),
            "token-replay", List.of("0", "1440"));
    List<JsonNode> replays = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Map<String, String> rules = new TreeMap<>();
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        List<String> all = Objects.requireNonNull(values.get(setting.getKey()));
        if (i < all.size()) {
          rules.put(setting.getKey(), setting.getValue() + ": " + all.get(i));
        }
      }
      replays.add(replayed(rules));
    }
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String rule = setting.getKey();
      List<String> all = Objects.requireNonNull(values.get(rule));
      JsonNode swept = swept(rule, setting.getValue(), all);
      for (int i = 0; i < all.size(); i++) {
        JsonNode row = swept.path("values").get(i);
        Map<String, Integer> expected = counts(replays.get(i).path(rule));
        assertThat(row.path("value").asDouble()).isEqualTo(Double.parseDouble(all.get(i)));
        assertThat(counts(row.path("bySeverity"))).as("%s %s", rule, row).isEqualTo(expected);
        assertThat(row.path("findings").intValue())
            .isEqualTo(expected.values().stream().mapToInt(Integer::intValue).sum());
        assertThat(swept.path("now").path("findings").intValue())
            .isEqualTo(
                row.path("findings").intValue()
                    - row.path("appeared").intValue()
                    + row.path("gone").intValue());
      }
      assertThat(swept.path("values").findValuesAsText("findings").stream().distinct())
          .as("values of %s that differ", rule)
          .hasSizeGreaterThan(1);
    }
  }

  private JsonNode swept(String rule, String setting, List<String> values) throws IOException {
    Ran ran = sweep("{}", "--json", "--set", rule + "." + setting + "=" + String.join(",", values));
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out().lines()).hasSize(1);
    JsonNode swept = BundledCapture.JSON.readTree(ran.out());
    assertThat(swept.path("rule").textValue()).isEqualTo(rule);
    assertThat(swept.path("values")).hasSize(values.size());
    return swept;
  }

  @Test
  void printsATableWithACurve_andMarksTheConfiguredValue() throws IOException {
    Ran ran =
        sweep(
            "{impossible-travel: {maxSpeedKmh: 1000}}",
            "--set",
            "impossible-travel.maxSpeedKmh=300..2300:1000");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    List<String> lines = ran.out().lines().toList();
    assertThat(lines.get(0))
        .startsWith(
            "impossible-travel with 3 values of maxSpeedKmh, and 1000 as configured, in one");
    assertThat(lines.get(2)).startsWith("maxSpeedKmh  High  Medium  Low  All  Subjects  New  Gone");
    assertThat(lines.subList(3, 7).stream().map(line -> line.strip().split(" ", -1)[0]))
        .containsExactly("300", "1000", "1300", "2300");
    assertThat(lines.get(4)).endsWith(" now").contains("#");
    assertThat(lines.get(4)).matches(".* 0 +0 +[#=-]+ now");
  }

  @Test
  void sweepsARuleThatIsOff_asIfItRan() throws IOException {
    Ran ran =
        sweep(
            "{impossible-travel: {enabled: false}}",
            "--json",
            "--set",
            "impossible-travel.maxSpeedKmh=900");
    JsonNode swept = BundledCapture.JSON.readTree(ran.out());
    assertThat(swept.path("now").isNull()).isTrue();
    assertThat(swept.path("values").get(0).path("findings").intValue()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "impossible-travel | is not RULE.SETTING=VALUES",
        "impossible-travel.maxSpeedKmh= | is not RULE.SETTING=VALUES",
        "imposible-travel.maxSpeedKmh=9 | did you mean impossible-travel?",
        "impossible-travel.maxSpeed=9 | did you mean maxSpeedKmh?",
        "brute-force.maxSpeedKmh=9 | no rule \"brute-force\"; name one that lockstep rules list",
        "impossible-travel.window=9 | no setting \"window\"; name one of the settings that"
            + " lockstep",
        "impossible-travel.maxSpeedKmh=fast | \"fast\" is no",
        "impossible-travel.maxSpeedKmh=1e9 | \"1e9\" is no",
        "impossible-travel.maxSpeedKmh=600..900 | has no step",
        "impossible-travel.maxSpeedKmh=900..600:50 | begins above its end; write FROM..TO:STEP",
        "impossible-travel.maxSpeedKmh=600..900:0 | has no step above 0; write FROM..TO:STEP",
        "impossible-travel.maxSpeedKmh=600..900:1 | more than 100 values",
        "impossible-travel.maxSpeedKmh=0 | maxSpeedKmh of rule impossible-travel is 0; the"
            + " value has to be from",
        "partner-ip-drift.knownDays=61 | has to be from 1 to 60, the value of windowDays",
        "impossible-travel.workloads=maybe | takes only true or false",
        "impossible-travel.workloads=0..1:1 | takes only true or false",
        "defender-corroboration.settleMinutes=5 | is shared by all rules, so one replay cannot try"
            + " several values",
      })
  void refusesWrongValues_withTheFix(String set, String message) {
    Ran ran = Ran.run("sweep", "--set", set, "no-such-file");
    assertThat(ran.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(ran.err().lines().findFirst().orElseThrow())
        .startsWith("could not use --set: ")
        .contains(message);
  }
}
