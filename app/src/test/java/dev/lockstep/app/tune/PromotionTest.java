package dev.lockstep.app.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rule in shadow would have sent, by its findings. */
class PromotionTest {
  private static final String FINDING =
      "{\"id\":\"%s\",\"revision\":%d,\"rule\":\"%s\",\"reason\":\"%s\",\"severity\":\"Medium\",\"title\":\"A"
          + " title\",\"principal\":{\"id\":\"%s\",\"type\":\"user\"},\"startTime\":\"2026-01-%02dT09:00:00Z\",\"endTime\":\"2026-01-%02dT09:05:00Z\",\"count\":1,\"shadow\":true%s}\n";

  @TempDir Path folder;

  private static String finding(String id, int revision, String principal, int day, String more) {
    return FINDING.formatted(id, revision, "draft", "match", principal, day, day, more);
  }

  private ConfiguredRule rule() throws IOException {
    Files.writeString(
        Files.createDirectories(folder.resolve("rules")).resolve("draft.yml"),
        """
        title: A draft
        id: a
        logsource: {product: azure, service: auditlogs}
        detection:
            selection: {OperationName: x}
            condition: selection
        lockstep: {shadow: true}
        """);
    Path file =
        Files.writeString(folder.resolve("lockstep.yaml"), "rules: {directories: [rules]}\n");
    return Objects.requireNonNull(Config.read(file, Map.of()).rules().rule("draft"));
  }

  private Promotion promotion(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("found.jsonl"), text);
    return new Promotion(
        rule(),
        file.toString(),
        Exceptions.of(
            List.of(
                new ExceptionEntry(
                    "known", "draft", "ada", null, null, "a test", "soc", Long.MAX_VALUE))),
        folder);
  }

  @Test
  void counts_whatWouldHaveGoneOut_whatExceptionsHoldBack_andWhatDefenderConfirms()
      throws IOException {
    String alert = ",\"defenderAlerts\":[{\"id\":\"1\"}]";
    Promotion promotion =
        promotion(
            finding("f1", 1, "ben", 5, "")
                + finding("f1", 3, "ben", 5, ",\"classification\":\"TruePositive\"")
                + finding("f2", 1, "ada", 6, ",\"classification\":\"false positive\"")
                + finding("f3", 1, "ada", 7, alert)
                + FINDING.formatted("f4", 2, "draft", "withdrawn", "eve", 8, 8, "")
                + FINDING.formatted("o", 1, "other", "match", "ben", 14, 14, ""));

    JsonNode json = new ObjectMapper().readTree(promotion.json());

    assertThat(json.path("found").asInt()).isEqualTo(4);
    assertThat(json.path("withdrawn").asInt()).isEqualTo(1);
    assertThat(json.path("sent").path("findings").asInt()).isEqualTo(2);
    assertThat(json.path("sent").path("daysOfPeriod").asInt()).isEqualTo(10);
    assertThat(json.path("sent").path("perDay").asDouble()).isEqualTo(0.2);
    assertThat(json.path("sent").path("rows").asInt()).isEqualTo(4);
    assertThat(json.path("confirmed").get(0).asText()).isEqualTo("f3");
    assertThat(json.path("heldBack").asInt()).isEqualTo(1);
    assertThat(json.path("outweighed").asInt()).isEqualTo(1);
    assertThat(json.path("exceptions").path("known").asInt()).isEqualTo(2);
    assertThat(json.path("closed").path("true positive").asInt()).isEqualTo(1);
    assertThat(json.path("closed").path("false positive").asInt()).isEqualTo(1);
    assertThat(json.path("shadowAt").asText()).isEqualTo(folder.resolve("rules/draft.yml") + ":7");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    promotion.print(new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 200));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("2 on 2 of 10 days, 0.20 a day")
        .contains("hold back 1 (known 2); 1 outweighed by Defender")
        .contains("confirms 1, such as f3")
        .contains("Remove shadow at " + folder.resolve("rules/draft.yml") + ":7, ")
        .contains("from the first to the last finding of any rule in this file");
  }

  private static String printed(Promotion promotion) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    promotion.print(new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 400));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void says_whoSendsWhatIsNotInShadow_forAFileOfAReplayAndForTheTopic() throws IOException {
    String sent = finding("f1", 1, "ben", 5, "").replace(",\"shadow\":true", "");
    String other = sent.replace("\"f1\"", "\"f2\"");

    assertThat(printed(promotion(sent + finding("f3", 1, "eve", 6, ""))))
        .contains(
            "1 finding is not in shadow. A running service sends such findings, and a replay sends"
                + " none. The numbers below count them too.\n",
            "\nSENT WITHOUT SHADOW\n")
        .doesNotContain("already sent");
    assertThat(printed(promotion(sent + other))).contains("2 findings are not in shadow.");
    assertThat(printed(promotion(finding("f3", 1, "eve", 6, ""))))
        .contains("\nSENT WITHOUT SHADOW\n")
        .doesNotContain("not in shadow");
  }

  @Test
  void names_tenSubjects_andCountsTheOthers() throws IOException {
    StringBuilder findings = new StringBuilder();
    for (int user = 10; user < 22; user++) {
      findings.append(finding("f" + user, 1, "u" + user, 5, ""));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    promotion(findings.toString())
        .print(new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 400));

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("u19 1, and 2 more\n");
  }

  @Test
  void counts_theExceptionsOfItsRule_forACandidate_andSaysHowToAlertByIt() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            "rules: {impossible-travel@fast: {maxSpeedKmh: 1200}}\n");
    ConfiguredRule rule =
        Objects.requireNonNull(
            Config.read(config, Map.of()).rules().rule("impossible-travel@fast"));
    ExceptionEntry known =
        new ExceptionEntry(
            "known", "impossible-travel", "ada", null, null, "a test", "soc", Long.MAX_VALUE);
    Path file =
        Files.writeString(
            folder.resolve("found.jsonl"),
            FINDING.formatted("f1", 1, "impossible-travel@fast", "match", "ada", 5, 5, "")
                + FINDING.formatted("f2", 1, "impossible-travel@fast", "match", "ben", 5, 5, ""));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    Promotion promotion =
        new Promotion(rule, file.toString(), Exceptions.of(List.of(known)), folder);
    promotion.print(new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 400));

    JsonNode json = new ObjectMapper().readTree(promotion.json());
    assertThat(json.path("heldBack").asInt()).isEqualTo(1);
    assertThat(json.path("sent").path("findings").asInt()).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            "write its settings below the key rules.impossible-travel, remove the candidate, and")
        .doesNotContain("Remove shadow at");
  }

  @Test
  void names_theWholePlaceOfShadow() throws IOException {
    folder = Files.createDirectories(folder.resolve("a".repeat(100)).resolve("b".repeat(100)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    promotion(finding("f1", 1, "ben", 5, ""))
        .print(new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 400));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("Remove shadow at " + folder.resolve("rules/draft.yml") + ":7, ");
  }

  @Test
  void counts_whatAnalystsSay_onStandardInputToo() throws IOException {
    InputStream before = System.in;
    String text =
        finding("f1", 1, "ben", 5, ",\"classification\":\"TruePositive\"")
            + finding("f2", 1, "eve", 6, ",\"classification\":\"FalsePositive\"");
    System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    Promotion promotion;
    try {
      promotion = new Promotion(rule(), "-", Exceptions.none(), folder);
    } finally {
      System.setIn(before);
    }

    JsonNode closed = new ObjectMapper().readTree(promotion.json()).path("closed");

    assertThat(closed.path("true positive").asInt()).isEqualTo(1);
    assertThat(closed.path("false positive").asInt()).isEqualTo(1);
  }

  @Test
  void names_theLineOfAClassificationThatIsNone() {
    assertThatThrownBy(() -> promotion(finding("f1", 1, "ben", 5, ",\"classification\":\"Fals\"")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(
            "found.jsonl:1: the classification \"Fals\" is unknown; the known"
                + " classifications are TruePositive");
  }

  @Test
  void reads_csvWithTheColumnsInAnyOrder() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("closed.csv"),
            """
            \uFEFFIncident,Classification,DetectionId\r
            1,FalsePositive,f1\r
            "2,5",,f2
            3,BenignPositive,f3
            4,TruePositive,f1
            5,FalsePositive,f1
            """);

    assertThat(ClosedFindingsFile.read(file.toString(), null).byId())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("f1", Classification.TRUE_POSITIVE, "f3", Classification.BENIGN_POSITIVE));
  }

  @Test
  void skips_objectsAndLists_inPlaceOfATextOfALine() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("closed.jsonl"),
            "{\"rule\":{\"id\":\"r\"},\"id\":\"f1\",\"classification\":\"FalsePositive\"}\n");

    assertThat(ClosedFindingsFile.read(file.toString(), null).byId())
        .isEqualTo(Map.of("f1", Classification.FALSE_POSITIVE));
  }

  @Test
  void refuses_aTableWithoutTheColumns() throws IOException {
    Path file = Files.writeString(folder.resolve("closed.csv"), "Id;Class\nf1;x\n");

    assertThatThrownBy(() -> ClosedFindingsFile.read(file.toString(), null))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("closed.csv:1")
        .hasMessageContaining(
            "neither a JSON object nor a heading with the columns DetectionId and")
        .hasMessageContaining("; name a complete file of findings with classifications");
  }
}
