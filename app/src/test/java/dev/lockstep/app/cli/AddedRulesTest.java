package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.process.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays with {@code --rule PATH}: what the rules of a file find, and what changes by them. */
class AddedRulesTest {
  private static final String RULE =
      """
      title: %s
      id: 11111111-0000-0000-0000-00000000000%d
      logsource: {product: azure, service: auditlogs}
      detection:
          selection:
              OperationName: %s
          condition: selection
      """;
  private static final String FILTER =
      """
      title: Known person
      logsource: {product: azure, service: auditlogs}
      filter:
          rules: [11111111-0000-0000-0000-000000000001]
          selection:
              lockstep.principal.id: u1
          condition: not selection
      """;
  private static final String CHANGE =
      """
      {"time":"2026-01-%02dT09:10:00Z","category":"AuditLogs","operationName":"%s","properties":{"id":"a-%d-%s","initiatedBy":{"user":{"id":"%s","userPrincipalName":"%s@contoso.com"}}}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(rules.resolve("known.yml"), RULE.formatted("Known", 1, "Delete user"));
    Files.writeString(
        folder.resolve("lockstep.yaml"),
        "rules: {directories: [rules]}\n"
            + "sentinel: {endpoint: 'https://a.ingest.monitor.azure.com', ruleId:"
            + " dcr-00000000000000000000000000000000, auth: managed-identity, maxRowsPerHour:"
            + " {known: 5}}\n");
    StringBuilder capture = new StringBuilder();
    for (int day = 5; day < 15; day++) {
      capture.append(CHANGE.formatted(day, "Add member to role", day, "x", "u1", "ada"));
      capture.append(CHANGE.formatted(day, "Delete user", day, "z", "u1", "ada"));
      if (day % 2 == 0) {
        capture.append(CHANGE.formatted(day, "Add member to role", day, "y", "u2", "ben"));
        capture.append(CHANGE.formatted(day, "Delete user", day, "w", "u2", "ben"));
      }
    }
    Files.writeString(folder.resolve("capture.jsonl"), capture.toString());
  }

  private Ran replay(String... options) {
    List<String> all = new ArrayList<>(List.of("replay", "--quiet", "--config"));
    all.add(folder.resolve("lockstep.yaml").toString());
    all.addAll(List.of(options));
    all.add(folder.resolve("capture.jsonl").toString());
    return Ran.run(all.toArray(String[]::new));
  }

  private JsonNode added(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--json");
    Ran ran = replay(all.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    return new ObjectMapper().readTree(ran.out()).path("added");
  }

  @Test
  void hasAColumnForInformational_whereARuleHasSuchFindings() throws IOException {
    assertThat(replay().out().lines())
        .anyMatch(line -> line.matches("Detections by rule +High +Medium +Low +All +Runs"))
        .anyMatch(line -> line.matches("known +0 +15 +0 +15 +yes"));

    Path rule = folder.resolve("rules/known.yml");
    Files.writeString(rule, RULE.formatted("Known", 1, "Delete user") + "level: informational\n");

    assertThat(replay().out().lines())
        .anyMatch(
            line -> line.matches("Detections by rule +High +Medium +Low +Informational +All +Runs"))
        .anyMatch(line -> line.matches("known +0 +0 +0 +15 +15 +yes"));
  }

  @Test
  void namesPrincipals_ofWhomOnlyOtherRecordsTellTheName() throws IOException {
    Path file = folder.resolve("by_hand.yml");
    Files.writeString(file, RULE.formatted("Role by hand", 2, "Add member to role"));
    String named = CHANGE.formatted(5, "Add owner", 1, "n", "u3", "eve");
    String nameless = CHANGE.formatted(6, "Add member to role", 2, "o", "u3", "eve");
    Files.writeString(
        folder.resolve("capture.jsonl"),
        nameless.replace(",\"userPrincipalName\":\"eve@contoso.com\"", "") + named);

    JsonNode rule = added("--rule", file.toString()).path("rules").path("by_hand");

    assertThat(rule.path("busiest").get(0).path("subject").asText()).isEqualTo("eve@contoso.com");
    assertThat(rule.path("busiest").get(0).path("id").asText()).isEqualTo("u3");
    assertThat(rule.path("first").get(0).path("subject").asText()).isEqualTo("eve@contoso.com");
    assertThat(replay("--redact", "--rule", file.toString()).out()).doesNotContain("eve");
  }

  @Test
  void says_whichSettingsASigmaRuleHas_whereOneIsToBeSwept() {
    Ran ran =
        Ran.run(
            "sweep",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--set",
            "known.gte=1,2",
            folder.resolve("capture.jsonl").toString());

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("the rule known has no settings besides enabled and shadow;");
  }

  @Test
  void says_howOftenTheRuleFires_forWhom_andWhatIsFirst() throws IOException {
    Path file = folder.resolve("by_hand.yml");
    Files.writeString(file, RULE.formatted("Role by hand", 2, "Add member to role"));

    JsonNode added = added("--rule", file.toString());
    JsonNode rule = added.path("rules").path("by_hand");

    assertThat(rule.path("findings").asInt()).isEqualTo(15);
    assertThat(rule.path("daysOfPeriod").asInt()).isEqualTo(10);
    assertThat(rule.path("perDay").asDouble()).isEqualTo(1.5);
    assertThat(rule.path("busiest").get(0).path("subject").asText()).isEqualTo("ada@contoso.com");
    assertThat(rule.path("busiest").get(0).path("findings").asInt()).isEqualTo(10);
    assertThat(rule.path("first")).hasSize(3);
    assertThat(rule.path("first").get(0).path("startTime").asText())
        .isEqualTo("2026-01-05T09:10:00.000Z");
    assertThat(added.path("rules").has("known")).isFalse();
    assertThat(added.path("comparison").path("appeared").asInt()).isEqualTo(15);
    assertThat(added.path("comparison").path("gone").asInt()).isZero();
    assertThat(added.path("comparison").path("same").asInt()).isEqualTo(15);
    String text = replay("--rule", file.toString()).out();
    assertThat(text)
        .contains("by_hand: Role by hand")
        .contains("15 on 10 of 10 days, 1.50 a day; most on 2026-01-06: 2")
        .contains("A run without these files has 15 findings, this replay has 30 findings.");
  }

  @Test
  void says_whatARuleWithoutFindingsMatched_andTheCommandThatExplainsIt() throws IOException {
    Path file = folder.resolve("both.yml");
    Files.writeString(
        file,
        """
        title: Two changes
        correlation:
            type: temporal
            rules: [role, mail]
            group-by: [lockstep.principal.id]
            timespan: 1h
        ---
        name: role
        """
            + RULE.formatted("Role", 2, "Add member to role")
            + "---\nname: mail\n"
            + RULE.formatted("Mail", 3, "Send mail"));
    Path never = folder.resolve("never.yml");
    Files.writeString(never, RULE.formatted("Never", 4, "Send mail"));

    String text = replay("--rule", file + "," + never).out();

    assertThat(text)
        .contains("matched     role 15 events, 10 of ada@contoso.com; mail no event")
        .contains("matched     never no event")
        .contains("  next        lockstep rules lint " + file + " " + never + "\n");
    String next =
        text.lines().filter(line -> line.startsWith("  next  ")).findFirst().orElseThrow().strip();
    assertThat(next)
        .isEqualTo(
            "next        lockstep explain --config %s --rule %s --rule %s --principal u1 %s"
                .formatted(
                    folder.resolve("lockstep.yaml"), file, never, folder.resolve("capture.jsonl")));
    String command = next.substring(next.indexOf("explain"));
    Ran explained = Ran.run(command.split(" ", -1));
    assertThat(explained.code()).as(explained.err()).isEqualTo(ExitCode.DONE);
    assertThat(explained.out()).contains("lacks mail");
    assertThat(replay("--redact", "--rule", file.toString()).out()).doesNotContain("u1", "next  ");
    JsonNode json = added("--rule", file.toString()).path("rules").path("both").path("matched");
    assertThat(json.path("role").asInt()).isEqualTo(15);
    assertThat(json.path("mail").asInt()).isZero();
  }

  @Test
  void countsACallOnce_whoseIdentityLinkComesLate() throws IOException {
    Files.writeString(
        folder.resolve("capture.jsonl"),
        """
        {"time":"2026-01-05T09:10:00Z","category":"GatewayLogs","correlationId":"c-1","properties":{"apiId":"orders","apimSubscriptionId":"shop","responseCode":200}}
        {"time":"2026-01-05T11:10:00Z","category":"AuditLogs","operationName":"Delete user","properties":{"id":"a-1"}}
        {"v":1,"correlationId":"c-1","uti":"4AQlP4lP00GaDAMF6CwzAQ","oid":"11111111-aaaa-bbbb-cccc-000000000001","idtyp":"user","validated":true,"time":"2026-01-05T11:20:00Z"}
        """);
    Path file = folder.resolve("calls.yml");
    Files.writeString(
        file,
        """
        title: Calls
        logsource: {product: lockstep, service: gatewaylogs}
        detection:
            selection:
                ApiId: orders
            condition: selection
        """);

    JsonNode matched = added("--rule", file.toString()).path("rules").path("calls").path("matched");

    assertThat(matched.path("calls").asInt()).isEqualTo(1);
  }

  @Test
  void says_thatMatchedEventsOfManyRulesAreNotCounted() throws IOException {
    Path drafts = Files.createDirectory(folder.resolve("drafts"));
    for (int i = 10; i < 31; i++) {
      Files.writeString(
          drafts.resolve("never" + i + ".yml"),
          RULE.formatted("Never", 0, "Send mail").replace("-000000000000", "-0000000000" + i));
    }

    Ran ran = replay("--rule", drafts.toString());

    assertThat(ran.out().replaceAll("\\s+", " "))
        .containsOnlyOnce("are not counted, because more than 20 rules about single events");
  }

  @Test
  void tells_whatAFilterOfTheFileTakesFromOtherRules() throws IOException {
    Path file = folder.resolve("filter.yml");
    Files.writeString(file, FILTER);

    JsonNode added = added("--rule", file.toString());

    assertThat(added.path("rules")).isEmpty();
    assertThat(added.path("comparison").path("gone").asInt()).isEqualTo(10);
    assertThat(added.path("comparison").path("same").asInt()).isEqualTo(5);
  }

  @Test
  void leavesAFileOfTheConfigurationOut_toCompare_alsoWhereItHasKeys() throws IOException {
    Files.writeString(
        folder.resolve("lockstep.yaml"), "rules: {directories: [rules], known: {shadow: true}}\n");

    JsonNode added = added("--rule", folder.resolve("rules/known.yml").toString());

    assertThat(added.path("rules").path("known").path("findings").asInt()).isEqualTo(15);
    assertThat(added.path("rules").path("known").path("runs").asText()).isEqualTo("shadow");
    assertThat(added.path("comparison").path("before").path("findings").asInt()).isZero();
  }

  @Test
  void keepsFindingsOfARuleByItsId_alsoOfOneThatIsAdded() throws IOException {
    Path file = folder.resolve("by_hand.yml");
    Files.writeString(file, RULE.formatted("Role by hand", 2, "Add member to role"));
    Path out = folder.resolve("found.jsonl");

    Ran ran = replay("--rule", file + ",by_hand", "--output", out.toString());

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readAllLines(out)).hasSize(15).allMatch(line -> line.contains("by_hand"));
  }

  @Test
  void takesAnIdForTheRule_whereAFolderWithoutRulesHasThatName() throws IOException {
    Path same = Files.createDirectories(Path.of("known")); // as rules new --java makes it
    try {
      Path out = folder.resolve("found.jsonl");
      Ran ran = replay("--rule", "known", "--output", out.toString());
      assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
      assertThat(Files.readAllLines(out)).isNotEmpty().allMatch(line -> line.contains("known"));
    } finally {
      Files.delete(same);
    }
  }

  @Test
  void refusesAnEmptyValueOfRule() {
    Ran ran = replay("--rule", "");
    assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("could not use --rule: a value is empty; name a file");
  }

  @Test
  void saysWhyAFileOrFolderHasNoRules() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path file = other.resolve("by_hand.yaml");
    Files.writeString(file, RULE.formatted("Role by hand", 2, "Add member to role"));
    Path jars = Files.createDirectory(folder.resolve("jars"));
    Files.writeString(jars.resolve("own.jar"), "");
    Path tests = Files.writeString(jars.resolve("own.tests.yaml"), "rule: own\n");

    assertThat(Ran.run("rules", "lint", tests.toString()).err())
        .contains("own.tests.yaml\" has tests, and no Sigma rule; run the tests with");
    assertThat(replay("--rule", file.toString()).err())
        .contains("by_hand.yaml\" does not end in .yml; rename the file");
    assertThat(replay("--rule", other.toString()).err())
        .contains("by_hand.yaml\" is not read, because files with Sigma rules end in .yml");
    assertThat(replay("--rule", jars.toString()).err())
        .contains("it has jars, but no file that ends in .yml; name each jar");
  }

  @Test
  void saysWhichFieldIsMisspelt_ofARuleThatFindsNothing() throws IOException {
    Path file = folder.resolve("by_hand.yml");
    String rule = RULE.formatted("Role by hand", 2, "Add member to role");
    Files.writeString(file, rule.replace("OperationName:", "OperationNam:"));
    assertThat(standardError(file))
        .contains(
            "has the field \"OperationNam\", which", "the nearest known one is \"OperationName\"");

    List<String> many = new ArrayList<>();
    for (int i = 10; i < 22; i++) {
      many.add(
          RULE.formatted("Rule " + i, 1, "x")
              .replace("OperationName:", "OperationNam:")
              .replace("000000000001", "0000000000" + i));
    }
    Files.writeString(file, String.join("---\n", many));
    assertThat(standardError(file)).contains("2 further mistakes; lockstep rules lint lists them");

    Files.writeString(file, rule);
    assertThat(standardError(file)).doesNotContain("has the field");
  }

  /** Returns what a replay with the rules of a file prints on standard error. */
  private String standardError(Path file) {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, UTF_8));
    try {
      assertThat(replay("--rule", file.toString()).code()).isEqualTo(ExitCode.DONE);
    } finally {
      System.setErr(before);
    }
    return printed.toString(UTF_8);
  }

  @Test
  void refusesAFileWithAFault_orThatIsNotThere() throws IOException {
    Path file = folder.resolve("bad.yml");
    Files.writeString(file, RULE.formatted("Bad", 3, "x").replace("azure", "windows"));

    Ran bad = replay("--rule", file.toString());
    Ran none = replay("--rule", folder.resolve("none.yml").toString());
    Ran unknown = replay("--rule", "knwon");

    assertThat(bad.code()).isEqualTo(ExitCode.FAILED);
    assertThat(bad.err())
        .contains(
            "the files of the option --rule and of the key rules.directories have 1 fault",
            "bad.yml:3 has the product");
    Files.writeString(folder.resolve("lockstep.yaml"), "{}\n");
    assertThat(replay("--rule", file.toString()).err())
        .contains("could not add Sigma rules: the files of the option --rule have 1 fault; fix");
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(none.err()).contains("there is no file or folder", "none.yml");
    assertThat(unknown.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(unknown.err())
        .contains("there is no rule \"knwon\", and no file", "did you mean the rule known?");
    assertThat(replay("--rule", "brute-force").err())
        .contains("of that name with rules; name a rule that lockstep rules list lists, or an");
  }

  @Test
  void findsPlaceholders_aboveTheFolderOfTheRule() throws IOException {
    Path sub = Files.createDirectories(folder.resolve("draft/sub"));
    Path file = sub.resolve("named.yml");
    Files.writeString(
        file,
        RULE.formatted("Named", 4, "'%ours%'").replace("OperationName:", "OperationName|expand:"));
    Ran without = replay("--rule", file.toString());
    Files.writeString(folder.resolve("draft/placeholders.yaml"), "ours: Delete user\n");

    for (Path named : List.of(folder.resolve("draft"), sub, file)) {
      JsonNode rules = added("--rule", named.toString()).path("rules");
      assertThat(rules.path("named").path("findings").asInt()).as(named.toString()).isEqualTo(15);
    }
    assertThat(without.code()).isEqualTo(ExitCode.FAILED);
    assertThat(without.err())
        .contains("give the placeholder a value in a new file \"rules/placeholders.yaml\"");
  }

  @Test
  void readsTheBundledSigmaRules_andParts_withTheirPlaceholders() throws IOException {
    Path bundled = Path.of("../deploy/sigma");
    Path rule = bundled.resolve("signinlogs/break_glass_account_used.yml");

    assertThat(added("--rule", bundled.toString()).path("rules"))
        .hasSizeGreaterThan(added("--rule", rule.toString()).path("rules").size());
  }
}
