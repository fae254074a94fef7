package dev.lockstep.app.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Text of a sweep, by the severities of its findings. */
class SweepTextTest {
  private static SweepText text(Map<Severity, Long> severities) throws IOException {
    ConfiguredRules rules = Config.read(null, Map.of()).rules();
    SweptSetting swept = SweptSetting.parse("impossible-travel.maxSpeedKmh=900,1000", rules);
    InputStream in = new ByteArrayInputStream("{}".getBytes(UTF_8));
    SettingSweep.Outcome outcome =
        new SettingSweep(swept, rules, Enrichment.none(), 0, Long.MAX_VALUE, Limits.defaults())
            .run(List.of("-"), in, Progress.of(true));
    List<SweptValue> values =
        List.of(
            new SweptValue(900, severities, 1, 0, 0, Map.of()),
            new SweptValue(1000, Map.of(), 0, 0, 0, Map.of()));
    return new SweepText(new SettingSweep.Outcome(swept, outcome.result(), values.get(0), values));
  }

  private static List<String> lines(Map<Severity, Long> severities) throws IOException {
    return lines(severities, 80);
  }

  private static List<String> lines(Map<Severity, Long> severities, int width) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    text(severities).print(new PrintStream(bytes, true, UTF_8), width);
    return bytes.toString(UTF_8).lines().toList();
  }

  @Test
  void hasAColumnInformational_whereAFindingIsInformational() throws IOException {
    List<String> lines = lines(Map.of(Severity.High, 1L, Severity.Informational, 2L));

    assertThat(lines.get(2))
        .startsWith("maxSpeedKmh  High  Medium  Low  Informational  All  Subjects  New  Gone");
    assertThat(lines.get(3)).matches(" *900 +1 +0 +0 +2 +3 +1 +0 +0 +#\\.\\. now");
    assertThat(lines).contains("# High, = Medium, - Low, . Informational");
    assertThat(text(Map.of(Severity.Informational, 2L)).json()).contains("\"Informational\":2");
  }

  @Test
  void leavesRoomForTheMarkOfTheConfiguredValue_besideTheLongestBar() throws IOException {
    for (int width : new int[] {80, 120}) {
      assertThat(lines(Map.of(Severity.Low, 43L), width).get(3))
          .endsWith("- now")
          .hasSizeLessThanOrEqualTo(width);
    }
  }

  @Test
  void hasNoSuchColumn_whereNoneIs() throws IOException {
    List<String> lines = lines(Map.of(Severity.Low, 1L));

    assertThat(lines.get(2)).startsWith("maxSpeedKmh  High  Medium  Low  All  Subjects");
    assertThat(lines).contains("# High, = Medium, - Low");
  }
}
