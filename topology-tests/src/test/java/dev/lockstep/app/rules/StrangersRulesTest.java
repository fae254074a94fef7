package dev.lockstep.app.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.doctor.CheckReport;
import dev.lockstep.app.doctor.Doctor;
import dev.lockstep.app.explain.ExplainRun;
import dev.lockstep.app.explain.Explanation;
import dev.lockstep.app.metrics.Meters;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.AvroJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stranger's jar with a rule of each kind, compiled against rules, schemas and enrichment alone:
 * what goes for a built-in rule goes for its rules, and no file of this project names them.
 */
@Timeout(300)
final class StrangersRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> IDS =
      List.of("country-switch", "call-without-sign-in", "wrong-passwords", "new-country");

  @TempDir Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    StrangersCapture.write(folder);
    StrangersJar.ofEachKind().into(folder.resolve("my-rules"), "stranger.jar");
    config("");
  }

  /** Writes the configuration, with settings of rules and keys behind them. */
  private Path config(String rules, String... keys) throws IOException {
    return Files.writeString(
        folder.resolve("lockstep.yaml"),
        """
        networks: networks.csv
        rules:
          directories: [my-rules]
          impossible-travel: {enabled: false}
          wrong-passwords: {users: 4}
        """
            + rules
            + String.join("", keys));
  }

  private Config read(Map<String, String> variables) {
    return Config.read(folder.resolve("lockstep.yaml"), variables);
  }

  private Replay.Result replay(Map<String, String> variables) throws IOException {
    Config config = read(variables);
    return new Replay(config.rules(), Wiring.enrichment(config), Long.MIN_VALUE, Long.MAX_VALUE, 2)
        .run(
            List.of(folder.resolve("capture.jsonl").toString()),
            CaptureFolder.nothing(),
            CaptureFolder.silent());
  }

  /** Returns how many findings there are, by rule. */
  private Map<String, Integer> found(Map<String, String> variables) throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    replay(variables).detections().forEach(each -> found.merge(each.getRule(), 1, Integer::sum));
    return found;
  }

  @Test
  void eachFires_inReplay() throws IOException {
    assertThat(found(Map.of())).containsOnlyKeys(IDS).containsEntry("wrong-passwords", 1);
    assertThat(replay(Map.of()).detections())
        .allSatisfy(each -> assertThat(each.getGates()).isNotEmpty());
  }

  @Test
  void aRuleReadsRawFieldsThatItNames_andOthersAreNotLookedFor() throws IOException {
    Files.writeString(
        folder.resolve("capture.jsonl"),
        record("1", "\"userAgent\":\"curl/8\",\"homeTenantId\":\"t\"")
            + record("2", "\"UserAgent\":\"CURL/8\"")
            + record("3", "\"userAgent\":\"firefox\"")
            + record("4", "\"deviceDetail\":{}"));
    new StrangersJar()
        .with(
            "org.example.other.Any",
            StrangersJar.source(
                "Any",
                "rule(\"of-agent\").rawFields(\"Properties.useragent\")"
                    + ".builtFor(Rule.INTERFACE).done()",
                """
                if (event.raw("properties.homeTenantId").isLookedFor()) {
                  throw new IllegalStateException("another field");
                }
                if (!event.raw("properties.userAgent").isLookedFor()) {
                  throw new IllegalStateException("not looked for");
                }
                if (event.raw("properties.userAgent").values().stream()
                    .noneMatch(value -> value.text().equalsIgnoreCase("curl/8"))) {
                  return;
                }
                """))
        .into(folder.resolve("my-rules"), "second.jar");
    Replay.Result result = replay(Map.of());
    assertThat(result.counters().failures()).isEmpty();
    assertThat(result.detections())
        .filteredOn(each -> each.getRule().equals("of-agent"))
        .extracting(each -> each.getPrincipal().getId())
        .containsExactlyInAnyOrder(user("1"), user("2"));
  }

  private static String user(String number) {
    return "7d1e5d4e-0c1d-4a7e-9f0e-11111111111" + number;
  }

  private static String record(String number, String more) {
    return """
    {"time":"2026-11-19T10:00:00Z","category":"SignInLogs","resultType":"0","properties":{\
    "id":"3f2504e0-4f89-41d3-9a0c-0305e82c330%s","createdDateTime":"2026-11-19T10:00:00Z",\
    "ipAddress":"203.0.113.9","userId":"%s",%s}}
    """
        .formatted(number, user(number), more);
  }

  @Test
  void eachIsExplained_withTheGatesOfItsAlert() throws IOException {
    Config config = read(Map.of());
    for (Detection detection : replay(Map.of()).detections()) {
      Subject subject =
          detection.getRule().equals("wrong-passwords")
              ? new Subject(Subject.Kind.ADDRESS, StrangersCapture.SPRAYS)
              : new Subject(Subject.Kind.PRINCIPAL, detection.getPrincipal().getId());
      ExplainRun run =
          new ExplainRun(config.rules(), Wiring.enrichment(config), 2, Limits.defaults());
      ExplainRun.Result result =
          run.run(
              List.of(folder.resolve("capture.jsonl").toString()),
              CaptureFolder.nothing(),
              CaptureFolder.silent(),
              counts -> run.add(subject, null));
      assertThat(result.explanations())
          .flatExtracting(Explanation::judged)
          .flatExtracting(JudgedSubject::days)
          .filteredOn(day -> day.info().id().equals(detection.getRule()))
          .flatExtracting(JudgedDay::verdicts)
          .filteredOn(verdict -> detection.getId().equals(verdict.finding()))
          .as(detection.getRule())
          .anySatisfy(
              verdict -> {
                assertThat(verdict.outcome()).isEqualTo(JudgedFacts.Outcome.FIRES);
                assertThat(verdict.gates()).isEqualTo(detection.getGates());
              });
    }
  }

  @Test
  void aSettingIsChanged_byTheFileAndByAVariable() throws IOException {
    config("  country-switch: {minutes: 10}\n");
    assertThat(found(Map.of()))
        .containsOnlyKeys("call-without-sign-in", "wrong-passwords", "new-country");
    assertThat(found(Map.of("LOCKSTEP_RULES_COUNTRY_SWITCH_MINUTES", "30"))).containsOnlyKeys(IDS);
    assertThat(found(Map.of("LOCKSTEP_RULES_WRONG_PASSWORDS_USERS", "5")))
        .containsOnlyKeys("call-without-sign-in", "new-country");
    assertThat(found(Map.of("LOCKSTEP_RULES_NEW_COUNTRY_ENABLED", "false")))
        .containsOnlyKeys("call-without-sign-in", "wrong-passwords");
  }

  @Test
  void foldersComeFromAVariable_andStartFromTheConfiguration() throws IOException {
    Files.writeString(folder.resolve("lockstep.yaml"), "networks: networks.csv\n");
    assertThat(read(Map.of()).rules().ids()).doesNotContainAnyElementsOf(IDS);
    Files.createDirectory(folder.resolve("empty"));
    Config config = read(Map.of("LOCKSTEP_RULES_DIRECTORIES", "empty, my-rules"));
    assertThat(config.rules().ids()).endsWith(IDS.toArray(String[]::new));
  }

  @Test
  void aWrongSettingIsRefused_asThatOfABuiltInRule() throws IOException {
    Path file = config("  country-switch: {minute: 10}\n");
    assertThat(run(1, "rules", "list", "--config", file.toString()).err)
        .isEqualTo(
            "could not use the configuration: "
                + file
                + ":6: unknown key"
                + " \"rules.country-switch.minute\"; the nearest known one is"
                + " \"rules.country-switch.minutes\"\n");
    config("  country-switch: {minutes: 721}\n");
    assertThat(run(1, "rules", "list", "--config", file.toString()).err)
        .contains(
            ":6: rules.country-switch.minutes \"721\" is out of range; give a whole number from 0"
                + " to 720");
    config("  country-swich: {minutes: 7}\n");
    assertThat(run(1, "rules", "list", "--config", file.toString()).err)
        .contains(
            ":6: unknown key \"rules.country-swich\"; the nearest known one is"
                + " \"rules.country-switch\"");
  }

  @Test
  void areListedAndShown_withTheirOrigin() throws IOException {
    String file = folder.resolve("lockstep.yaml").toString();
    JsonNode list = JSON.readTree(run(0, "rules", "list", "--json", "--config", file).out);
    Map<String, String> origins = new TreeMap<>();
    list.forEach(rule -> origins.put(rule.get("id").asText(), rule.get("origin").asText()));
    assertThat(origins)
        .hasSize(BuiltInRules.all().size() + IDS.size())
        .containsEntry("token-replay", "built-in")
        .containsEntry("new-country", "stranger.jar");
    assertThat(run(0, "rules", "list", "--config", file).out)
        .containsPattern("(?m)^Rule +Origin +Correlates +Severities +Runs$")
        .containsPattern("(?m)^new-country +stranger.jar +identity and network +.* yes$");

    String shown = run(0, "rules", "show", "wrong-passwords", "--config", file).out;
    assertThat(shown)
        .startsWith("wrong-passwords, version 1: Wrong passwords of many users\n")
        .containsPattern("(?m)^Origin +stranger.jar\\nSHA-256 +[0-9a-f]{64}$")
        .containsPattern("(?m)^Gates +few-users$")
        .contains("  users: 4 (" + file + ":5)\n", "integer, default 10, 2 to 256\n");
    JsonNode json =
        JSON.readTree(run(0, "rules", "show", "wrong-passwords", "--json", "--config", file).out);
    JsonNode users = json.get("settings").get(2);
    assertThat(users.get("value").asInt()).isEqualTo(4);
    assertThat(users.get("default").asInt()).isEqualTo(10);
    assertThat(users.get("from").asText()).isEqualTo(file + ":5");
    assertThat(json.get("sha256").asText()).hasSize(64);

    assertThat(run(1, "rules", "show", "wrong-paswords", "--config", file).err)
        .isEqualTo(
            "could not show the rule \"wrong-paswords\": there is no rule with that id; the nearest"
                + " is \"wrong-passwords\"\n");
    assertThat(run(1, "rules", "show", "brute-force", "--config", file).err)
        .isEqualTo(
            "could not show the rule \"brute-force\": there is no rule with that id; name one that"
                + " lockstep rules list lists\n");
  }

  @Test
  void anExceptionHoldsOneBack_andShadowMarksOne() throws IOException {
    config("  new-country: {shadow: true}\n", "exceptions: exceptions.yaml\n");
    Files.writeString(
        folder.resolve("exceptions.yaml"),
        """
        exceptions:
          - id: travels-a-lot
            rule: country-switch
            principal: %s
            reason: two phones
            owner: soc@contoso.test
            expires: 2027-12-31
        """
            .formatted(StrangersCapture.SWITCHES));
    Replay.Result result = replay(Map.of());
    assertThat(result.exceptions())
        .singleElement()
        .satisfies(use -> assertThat(use.did().removed()).isOne());
    assertThat(result.detections())
        .filteredOn(each -> each.getRule().equals("country-switch"))
        .isEmpty();
    assertThat(result.detections())
        .filteredOn(each -> Boolean.TRUE.equals(each.getShadow()))
        .extracting(Detection::getRule)
        .isNotEmpty()
        .containsOnly("new-country");
    Path file = folder.resolve("exceptions.yaml");
    Files.writeString(file, Files.readString(file).replace("country-switch", "country-swich"));
    assertThat(
            run(1, "replay", "--quiet", "--config", folder.resolve("lockstep.yaml").toString(), "x")
                .err)
        .contains("country-swich", "country-switch");
  }

  @Test
  void areInDoctor_andInMetrics() throws Exception {
    Path file =
        config(
            "",
            "kafka: {bootstrapServers: \"127.0.0.1:1\", properties: {security.protocol:"
                + " NONE_SUCH}}\n");
    List<CheckReport.Line> lines = Doctor.check(file, Map.of(), InstantSource.system()).lines();
    for (String id : IDS) {
      assertThat(lines)
          .filteredOn(line -> line.check().equals("rule " + id))
          .first()
          .satisfies(line -> assertThat(line.what()).startsWith("yes"));
    }
    try (Service service = new Service(read(Map.of()), Set.of(Service.Role.DETECT));
        Meters meters = new Meters(service)) {
      try {
        service.start();
      } catch (OperatorException expected) {
        assertThat(expected).hasMessageContaining("kafka");
      }
      service.counters().suppressed("country-switch", "vpn");
      service.counters().failed("new-country", "observe", new IllegalStateException("x"));
      meters.refresh();
      assertThat(meters.registry().scrape())
          .contains(
              "lockstep_rule_state{rule=\"wrong-passwords\",state=\"yes\"} 1.0\n",
              "lockstep_rule_gates_total{gate=\"vpn\",rule=\"country-switch\"} 1.0\n",
              "lockstep_rule_failures_total{rule=\"new-country\"} 1.0\n");
    }
  }

  @Test
  void aRuleThatThrows_losesItsOwnFacts_andNoOther() throws IOException {
    String good = JsonLines.of(replay(Map.of()).detections());
    StrangersJar thrower = new StrangersJar();
    String info = "rule(\"thrower\").builtFor(Rule.INTERFACE).done()";
    thrower.with(
        "org.example.other.Thrower",
        StrangersJar.source(
            "Thrower",
            info,
            "if (event.isSignIn()) { throw new IllegalStateException(\"always\"); }"));
    String linked = "rule(\"unlinked\").builtFor(Rule.INTERFACE).done()";
    thrower.with(
        "org.example.other.Unlinked",
        StrangersJar.source("Unlinked", linked, "org.example.library.Gone.call();"));
    thrower.without(
        "org.example.library.Gone",
        "package org.example.library; public class Gone { public static void call() {} }");
    thrower.into(folder.resolve("my-rules"), "throws.jar");
    Replay.Result result = replay(Map.of());
    assertThat(JsonLines.of(result.detections())).isEqualTo(good);
    assertThat(result.counters().failures()).containsOnlyKeys("thrower", "unlinked");
    Printed printed =
        run(
            1,
            "replay",
            "--quiet",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--output",
            folder.resolve("out.jsonl").toString(),
            folder.resolve("capture.jsonl").toString());
    assertThat(printed.err).contains("thrower", "unlinked");
    assertThat(folder.resolve("out.jsonl")).content().isEqualTo(good);
  }

  /** Detections as replay writes them. */
  private static final class JsonLines {
    static String of(List<Detection> detections) {
      StringBuilder text = new StringBuilder();
      detections.forEach(each -> text.append(AvroJson.of(each)).append('\n'));
      return text.toString();
    }
  }

  private record Printed(String out, String err) {}

  private static Printed run(int expected, String... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream beside = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, UTF_8));
    System.setErr(new PrintStream(beside, true, UTF_8));
    int code;
    try {
      var command = Main.commandLine(words);
      command.setErr(new java.io.PrintWriter(System.err, true, UTF_8));
      code = Main.run(command, words);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(code).as("%s: %s", Arrays.asList(words), beside).isEqualTo(expected);
    return new Printed(said.toString(UTF_8), beside.toString(UTF_8));
  }
}
