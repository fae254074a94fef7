package dev.lockstep.app.authoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lint says of files: the fault, its line and its fix, and warnings with theirs. */
class LintReportTest {
  private static final String RULE =
      """
      title: Sign-in without a second factor
      id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
      level: high
      tags:
          - attack.t1078
      logsource:
          product: azure
          service: signinlogs
      detection:
          selection:
              AuthenticationRequirement: singleFactorAuthentication
              ResultType: 0
          condition: selection
      """;

  @TempDir Path folder;

  private JsonNode lint(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    return lint();
  }

  private JsonNode lint() throws IOException {
    return new ObjectMapper().readTree(new LintReport(SigmaDocuments.of(List.of(folder))).json());
  }

  @Test
  void fitsTheLinesToTheTerminal() throws IOException {
    Files.writeString(folder.resolve("bad.yml"), RULE.replace("level: high", "level: severe"));
    Files.writeString(folder.resolve("good.yml"), RULE);
    LintReport report = new LintReport(SigmaDocuments.of(List.of(folder)));
    assertThat(printed(report, new Terminal(80, false)))
        .anyMatch(line -> line.startsWith("refused  "))
        .anyMatch(line -> line.startsWith("warning  "))
        .allMatch(line -> line.length() <= 80 || line.contains(folder.toString()));
    assertThat(printed(report, Terminal.NONE))
        .filteredOn(line -> line.startsWith("refused  "))
        .singleElement()
        .asString()
        .endsWith("high, critical");
  }

  private static List<String> printed(LintReport report, Terminal terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report.print(new PrintStream(bytes, true, UTF_8), terminal);
    return bytes.toString(UTF_8).lines().toList();
  }

  /**
   * Each row: text of the good rule, its replacement, line, words of the fault, words of the fix.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "title: Sign-in without a second factor ~ titel: Sign-in ~ 1 ~ has no title, but ~ add a"
            + " title",
        "level: high ~ level: hihg ~ 3 ~ unknown level \"hihg\" ~ nearest known one is high",
        "level: high ~ level: severe ~ 3 ~ \"severe\" ~ write one of informational, low, medium,"
            + " high, critical",
        "level: high ~ status: foo ~ 3 ~ \"foo\" ~ write one of stable, test, experimental,"
            + " deprecated, unsupported",
        "title: Sign-in without ~ title: Sign-in: without ~ 1 ~ is not YAML ~ put quotes around a"
            + " text in which a blank follows a colon",
        "product: azure ~ product: azur ~ 7 ~ product \"azur\" ~ nearest is azure",
        "service: signinlogs ~ service: signinlog ~ 8 ~ signinlog ~ nearest known one is"
            + " signinlogs",
        "service: signinlogs ~ category: sign_in ~ 8 ~ category ~ one of the services",
        "detection: ~ detections: ~ 9 ~ has no detection, but the similar key \"detections\" ~ add"
            + " selections",
        "condition: selection ~ condition: selektion ~ 13 ~ selektion ~ selection",
        "condition: selection ~ condition: selection | count() > 5 ~ 13 ~ | ~ correlation",
        "condition: selection ~ condition: selection and ~ 13 ~ condition ~ selection",
        "condition: selection ~ condition: (selection ~ 13 ~ condition ~ closing parenthesis",
        "condition: selection ~ condition: '!selection' ~ 13 ~ exclamation mark ~ as in \"not filter\"",
        "condition: selection ~ condition: !selection ~ 13 ~ YAML tag \"!selection\" ~ write"
            + " \"not\", as in \"not filter\"",
        "condition: selection ~ condition: all selection ~ 13 ~ \"all\" in its condition without"
            + " \"of\" ~ write \"all of selection\"",
        "condition: selection ~ condition: selection near selection ~ 13 ~ \"near\" in its"
            + " condition, one of Sigma's old aggregations ~ write a correlation of type temporal",
        "condition: selection ~ condition: unlike ~ 13 ~ \"unlike\" ~ define a selection",
        "condition: selection ~ condition: 1 of filter_* ~ 13 ~ filter_* ~ selection",
        "condition: selection ~ timeframe: 5m ~ 13 ~ timeframe ~ correlation",
        "condition: selection ~ conditions: selection ~ 13 ~ has no condition ~ add a condition",
        "ResultType: 0 ~ ResultType|: 0 ~ 12 ~ has a pipe without a modifier ~ remove the pipe",
        "ResultType: 0 ~ ResultType|neq|exists: true ~ 12 ~ \"neq\", which cannot be combined with"
            + " \"exists\" ~ write \"exists: false\"",
        "ResultType: 0 ~ ResultType|contain: 0 ~ 12 ~ contain ~ contains",
        "ResultType: 0 ~ ResultType|re: '(?<=a)b' ~ 12 ~ look ~ write",
        "ResultType: 0 ~ ResultType|re: '(a' ~ 12 ~ regular expression ~ ''",
        "ResultType: 0 ~ ResultType|cidr: 10.0.0.0/99 ~ 12 ~ 10.0.0.0/99 ~ write",
        "ResultType: 0 ~ ResultType|exists: maybe ~ 12 ~ maybe ~ write true or false",
        "ResultType: 0 ~ ResultType|exists: [true, false] ~ 12 ~ 2 values for \"exists\" ~ without"
            + " a list",
        "ResultType: 0 ~ ResultType|gt: many ~ 12 ~ many ~ number",
        "ResultType: 0 ~ User|expand: '%admins%' ~ 12 ~ admins ~ placeholders.yaml",
        "ResultType: 0 ~ {a: 1}: 0 ~ 12 ~ key ~ write a word",
        "ResultType: 0 ~ AuthenticationRequirement: 1 ~ 12 ~ which line 11 has already ~ list",
        "ResultType: 0 ~ ResultType: &x 0 ~ 12 ~ anchor ~ remove the anchor",
        "ResultType: 0 ~ ResultType: !!str 0 ~ 12 ~ tag ~ remove the tag",
        "ResultType: 0 ~ ResultType: {a: 1} ~ 12 ~ mapping ~ dots",
        "level: high ~ status: tested ~ 3 ~ unknown status \"tested\" ~ nearest known one is test",
        "level: high ~ lockstep: {shadw: true} ~ 3 ~ shadw ~ shadow",
        "level: high ~ lockstep: {tests: [{name: a, records: [{a: 1}], fires: never}]} ~ 3 ~ never"
            + " ~ none",
        "level: high ~ lockstep: {tests: [{name: a, records: [], fires: none}]} ~ 3 ~ without a"
            + " record ~ add the records",
        "level: high ~ lockstep: {tests: [{name: a, networks: office, records: [{a: 1}], fires:"
            + " none}]} ~ 3 ~ single value for networks ~ write ranges",
        "level: high ~ lockstep: {tests: [{name: a, records: [{repeat: 0, record: {a: 1}}], fires:"
            + " none}]} ~ 3 ~ for repeat ~ write a number",
        "level: high ~ lockstep: {tests: [{name: a, records: [{repeat: 9000, record: {a: 1}}],"
            + " fires: none}]} ~ 3 ~ 9000 records ~ less often",
        "level: high ~ lockstep: {tests: [{name: a, recrods: [], fires: none}]} ~ 3 ~ recrods ~"
            + " records"
      })
  void names_theFaultTheLineAndTheFix(
      String part, String replacement, int line, String what, String fix) throws IOException {
    String text = RULE.replace(part, replacement);
    assertThat(text).isNotEqualTo(RULE);
    Files.writeString(folder.resolve("good.yml"), RULE.replace("4f1ed1c2", "5f1ed1c2"));

    JsonNode report = lint("broken.yml", text);

    assertThat(report.path("refused")).hasSize(1);
    JsonNode refused = report.path("refused").get(0);
    assertThat(refused.path("file").asText()).endsWith("broken.yml");
    assertThat(refused.path("line").asInt()).as(refused.toString()).isEqualTo(line);
    assertThat(refused.path("what").asText()).contains(what);
    assertThat(refused.path("fix").asText()).contains(fix);
    assertThat(report.path("documents").get(0).path("title").asText()).contains("Sign-in");
    assertThat(report.path("refusedFiles").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"impossible-travel", "directories", "topic"})
  void refuses_aFileWhoseNameIsTaken(String name) throws IOException {
    JsonNode report = lint(name + ".yml", RULE);

    assertThat(report.path("refused")).hasSize(1);
    assertThat(report.path("refused").get(0).path("what").asText())
        .contains("is a rule whose id is also ");
    assertThat(report.path("refused").get(0).path("fix").asText())
        .isEqualTo("rename the file, because its name is the id of the rule");
    assertThatThrownBy(
            () ->
                NewSigmaRule.write(
                    folder, name, false, UUID.randomUUID(), UUID.randomUUID(), LocalDate.EPOCH))
        .hasMessageContaining("the name \"" + name + "\" is taken, because it is already ")
        .hasMessageContaining("choose another name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_role", "-role", "role by hand"})
  void says_howANameIsWritten(String name) {
    assertThatThrownBy(
            () ->
                NewSigmaRule.write(
                    folder, name, false, UUID.randomUUID(), UUID.randomUUID(), LocalDate.EPOCH))
        .hasMessageContaining("has to begin with a letter or digit")
        .hasMessageContaining("only letters from A to Z or a to z, digits, underscores and dashes");
  }

  @Test
  void says_thatANameIsTooLong() {
    assertThatThrownBy(
            () ->
                NewSigmaRule.write(
                    folder,
                    "a".repeat(129),
                    false,
                    UUID.randomUUID(),
                    UUID.randomUUID(),
                    LocalDate.EPOCH))
        .hasMessageContaining("129 characters")
        .hasMessageContaining("at most 128");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"EventId: 1d0f5d5e-0000-4a39-9d6a-0a5a6a0d9a10", "EventId|startswith: 1d0f"})
  void doesNotWarnOfAnIdOfAnEvent(String field) throws IOException {
    JsonNode report = lint("rule.yml", RULE.replace("ResultType: 0", field));

    assertThat(report.path("documents").get(0).path("warnings").toString())
        .doesNotContain("Windows");
  }

  /** Each row: text of the good rule, its replacement, line, kind of the warning, words of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "ResultType: 0 ~ ResultTypo: 0 ~ 12 ~ unknown-field ~ nearest known one is \"ResultType\"",
        "ResultType: 0 ~ ResultTypo: 0 ~ 13 ~ sleeps ~ ResultTypo",
        "ResultType: 0 ~ properties.message: x ~ 12 ~ no-source ~ properties.message",
        "ResultType: 0 ~ lockstep.ip.class: datacentre ~ 12 ~ unknown-value ~ corporate, backend",
        "ResultType: 0 ~ lockstep.accepted: [true, maybe] ~ 12 ~ unknown-value ~ \"maybe\"",
        "ResultType: 0 ~ UserPrincipalName: UPN ~ 12 ~ placeholder ~ UPN",
        "ResultType: 0 ~ UserPrincipalName: '<user>' ~ 12 ~ placeholder ~ <user>",
        "ResultType: 0 ~ UserPrincipalName: '%admins%' ~ 12 ~ placeholder ~ expand",
        "ResultType: 0 ~ CreatedDateTime|hour: 25 ~ 12 ~ never-holds ~ \"25\", which is not a"
            + " possible hour; write a whole number from 0 to 23",
        "ResultType: 0 ~ CreatedDateTime|minute: [1, 60] ~ 12 ~ never-holds ~ from 0 to 59",
        "ResultType: 0 ~ CreatedDateTime|month: 0 ~ 12 ~ never-holds ~ from 1 to 12",
        "ResultType: 0 ~ CreatedDateTime|week: 54 ~ 12 ~ never-holds ~ from 1 to 53",
        "ResultType: 0 ~ CreatedDateTime|day: 32 ~ 12 ~ never-holds ~ from 1 to 31",
        "ResultType: 0 ~ CreatedDateTime|year: 2026.5 ~ 12 ~ never-holds ~ a whole number",
        "ResultType: 0 ~ NoSuchField: 0 ~ 12 ~ unknown-field ~ compare a field that"
            + " docs/sigma-fields.md lists",
        "ResultType: 0 ~ NoSuchField: 0 ~ 12 ~ unknown-field ~ or write the field's whole path in"
            + " the record",
        "ResultType: 0 ~ properties.ownField: 0 ~ 12 ~ unknown-field ~ or leave the field name as"
            + " it is if your records have a value at this path",
        "ResultType: 0 ~ EventID: 4625 ~ 12 ~ unknown-value ~ compares \"EventID\" with \"4625\","
            + " an event number of the Windows event log, but Lockstep does not read that log",
        "ResultType: 0 ~ eventid: [1, 4625] ~ 12 ~ unknown-value ~ number of the Windows event log",
        "ResultType: 0 ~ Channel: Security ~ 12 ~ unknown-field ~ has the field \"Channel\" of"
            + " the Windows event log, but Lockstep does not read that log; compare a field that"
            + " docs/sigma-fields.md lists for the service signinlogs",
        "ResultType: 0 ~ Provider_Name: x ~ 12 ~ unknown-field ~ of the Windows event log",
        "ResultType: 0 ~ Image|endswith: x.exe ~ 12 ~ unknown-field ~ of the Windows event log",
        "ResultType: 0 ~ CommandLine|contains: x ~ 12 ~ unknown-field ~ of the Windows event log",
        "attack.t1078 ~ attack.t99999 ~ 5 ~ attack ~ such as attack.t1078.004, or a tactic",
        "level: high ~ date: 2026/01/05 ~ 3 ~ bad-date ~ written with slashes; write 2026-01-05, as"
            + " rules lint --fix does",
        "level: high ~ modified: 2026-13-05 ~ 3 ~ bad-date ~ not a date; write the date as"
            + " YEAR-MONTH-DAY, such as 2026-11-28",
        "attack.t1078 ~ attack.t107 ~ 5 ~ attack ~ attack.t107",
        "attack.t1078 ~ attack.inital-access ~ 5 ~ attack ~ initial-access",
        "attack.t1078 ~ attack.ta0099 ~ 5 ~ attack ~ which ATT&CK does not have",
        "attack.t1078 ~ attack.t9999 ~ 5 ~ attack ~ a technique that ATT&CK does not have",
        "attack.t1078 ~ attack.t1300 ~ 5 ~ attack ~ a technique that ATT&CK does not have",
        "attack.t1078 ~ attack.t0001 ~ 5 ~ attack ~ a technique that ATT&CK does not have",
        "attack.t1078 ~ attack.T1078.000 ~ 5 ~ attack ~ a technique that ATT&CK does not have",
        "attack.t1078 ~ attack.t1078.999 ~ 5 ~ attack ~ a technique that ATT&CK does not have",
        "attack.t1078 ~ attack.t9999.001 ~ 5 ~ attack ~ a technique that ATT&CK does not have",
        "condition: selection ~ condition: selection and not selection ~ 13 ~ never-holds ~ never"
            + " holds",
        "condition: selection ~ condition: selection or not selection ~ 13 ~ always-holds ~ every"
            + " event",
        "condition: selection ~ condition: not selection ~ 13 ~ no-index ~ each event",
        "id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10 ~ author: me ~ 1 ~ no-id ~ UUID",
        "id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10 ~ id: role-given ~ 1 ~ bad-id ~ UUID",
        "level: high ~ level: low ~ 1 ~ no-tests ~ has no tests"
      })
  void warns_withLineAndFix(String part, String replacement, int line, String kind, String words)
      throws IOException {
    JsonNode report = lint("rule.yml", RULE.replace(part, replacement));

    assertThat(report.path("refused")).isEmpty();
    List<JsonNode> warnings = new ArrayList<>();
    report.path("documents").get(0).path("warnings").forEach(warnings::add);
    assertThat(warnings)
        .anySatisfy(
            warning -> {
              assertThat(warning.path("kind").asText()).isEqualTo(kind);
              assertThat(warning.path("line").asInt()).isEqualTo(line);
              assertThat(warning.path("what").asText() + "; " + warning.path("fix").asText())
                  .contains(words);
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void warns_ofTheSentencesOfTheTemplate(boolean isCorrelation) throws IOException {
    Path file =
        NewSigmaRule.write(
            folder,
            "guessing",
            isCorrelation,
            UUID.randomUUID(),
            UUID.randomUUID(),
            LocalDate.EPOCH);
    JsonNode report = lint("guessing.yml", Files.readString(file));

    List<String> kinds = report.findValuesAsText("kind");
    assertThat(kinds).filteredOn("template-text"::equals).hasSize(2);
    assertThat(report.findValuesAsText("what"))
        .contains(
            "still has the description of the template, and each finding repeats this description",
            "has the false positive of the template");
    String edited =
        Files.readString(file)
            .replaceAll("description: .*", "description: Somebody got a role.")
            .replaceAll("- Name the legitimate work .*", "- Work of the help desk.");
    assertThat(lint("guessing.yml", edited).toString()).doesNotContain("template-text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "User: svc ~ selection ~ [\"keeps-matches\"]",
        "User: svc ~ not selection ~ []",
        "User|neq: svc ~ selection ~ []"
      })
  void warns_ofAFilterWithoutNot_andWantsNoIdOfIt(String field, String condition, String kinds)
      throws IOException {
    JsonNode report =
        lint(
            "filter.yml",
            """
            title: Robots
            logsource:
                product: azure
                service: signinlogs
            filter:
                rules: any
                selection:
                    FIELD
                condition: CONDITION
            """
                .replace("FIELD", field.replace("User", "UserPrincipalName"))
                .replace("CONDITION", condition));

    assertThat(report.path("documents").get(0).path("warnings").findValues("kind").toString())
        .isEqualTo(kinds);
  }

  @Test
  void knowsTheTagsOfEveryKindOfObject() throws IOException {
    String tags =
        "[attack.g0016, attack.s0002, attack.ds0015, attack.m1032, attack.a0008, attack.c0024]";

    JsonNode report = lint("rule.yml", RULE.replace("tags:\n    - attack.t1078", "tags: " + tags));

    assertThat(report.toString()).contains("rule.yml").doesNotContain("\"attack\"");
  }

  /** Ids of each matrix, revoked ones, and numbers that a later version may have given. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "t1078.004",
        "t1562.008",
        "t1574.002",
        "t1064",
        "t0855",
        "t1437.001",
        "t1685.002",
        "t1685.004",
        "t1690",
        "t1690.001",
        "t1078.005"
      })
  void doesNotWarnOfATechniqueThatExistsOrMayBeNewer(String id) throws IOException {
    JsonNode report = lint("rule.yml", RULE.replace("t1078", id));

    assertThat(report.toString()).contains("rule.yml").doesNotContain("\"attack\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "event_count ~ {lt: 1} ~ 1",
        "event_count ~ {eq: 0} ~ 1",
        "event_count ~ {gte: 3, lt: 2} ~ 1",
        "event_count ~ {gt: 2, lt: 3} ~ 1",
        "event_count ~ {gt: 2, lte: 3} ~ 0",
        "event_count ~ {lt: 2} ~ 0",
        "event_count ~ {neq: 1} ~ 0",
        "temporal ~ {gte: 2} ~ 1",
        "temporal ~ not single ~ 1",
        "temporal ~ not single or single ~ 0",
        "temporal_of_two ~ not single ~ 0",
        "temporal_ordered ~ {eq: 1} ~ 0",
        "value_sum ~ {field: ResultType, lt: 0} ~ 0"
      })
  void warns_ofACorrelationThatNoWindowFulfils(String type, String condition, int warnings)
      throws IOException {
    String correlation =
        """
        ---
        title: Many
        correlation:
            type: TYPE
            rules: [single]
            group-by: [UserId]
            timespan: 5m
            condition: CONDITION
        """
            .replace("[single]", type.endsWith("_of_two") ? "[single, other]" : "[single]")
            .replace("TYPE", type.replace("_of_two", ""))
            .replace("CONDITION", condition);
    Files.writeString(
        folder.resolve("other.yml"),
        RULE.replace("level: high", "name: other")
            .replace("4f1ed1c2", "6f1ed1c2")
            .replace("a second", "another"));

    JsonNode report = lint("rule.yml", RULE.replace("level: high", "name: single") + correlation);

    assertThat(report.path("refused")).isEmpty();
    assertThat(report.toString().split("no window can fulfil", -1)).hasSize(warnings + 1);
  }

  /** Each row: text of a correlation, its replacement, line, and the words of the warning. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "[who] ~ [UserPrincipalNam] ~ 20 ~ \"UserPrincipalNam\", which no record of signinlogs ~"
            + " \"UserPrincipalName\"",
        "single: UserId ~ single: UserIdd ~ 24 ~ \"UserIdd\" ~ \"UserId\"",
        "field: AppId ~ field: AppIdd ~ 26 ~ \"AppIdd\" ~ \"AppId\""
      })
  void warns_ofAFieldThatACorrelationCannotGroupOrCountBy(
      String part, String replacement, int line, String what, String fix) throws IOException {
    String correlation =
        """
        ---
        title: Many
        id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
        correlation:
            type: value_count
            rules: [single]
            group-by: [who]
            timespan: 5m
            aliases:
                who:
                    single: UserId
            condition:
                field: AppId
                gte: 3
        """;
    String rule = RULE.replace("level: high", "name: single");

    JsonNode report = lint("rule.yml", rule + correlation.replace(part, replacement));

    assertThat(report.path("refused")).isEmpty();
    List<JsonNode> warnings = new ArrayList<>();
    report.path("documents").get(1).path("warnings").forEach(warnings::add);
    assertThat(warnings)
        .anySatisfy(
            warning -> {
              assertThat(warning.path("kind").asText()).isEqualTo("unknown-field");
              assertThat(warning.path("line").asInt()).isEqualTo(line);
              assertThat(warning.path("what").asText()).contains(what);
              assertThat(warning.path("fix").asText())
                  .containsIgnoringCase("nearest known one is " + fix);
            })
        .anySatisfy(warning -> assertThat(warning.path("kind").asText()).isEqualTo("sleeps"));
    assertThat(lint("rule.yml", rule + correlation).toString())
        .contains("no-tests")
        .doesNotContain("unknown-field", "sleeps");
  }

  @Test
  void doesNotRefuseAReferenceToADocumentThatIsRefused() throws IOException {
    String correlation =
        """
        ---
        title: Many
        id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
        correlation:
            type: event_count
            rules: [single]
            timespan: 5m
            condition: {gte: 3}
        """;
    String rule = RULE.replace("level: high", "name: single");

    String faulty = rule.replace("condition: selection", "condition: selektion");
    JsonNode refused = lint("rule.yml", faulty + correlation).path("refused");

    assertThat(refused).hasSize(1);
    assertThat(refused.get(0).path("what").asText()).contains("selektion");
  }

  @Test
  void refuses_anAliasInEventsOfARuleThatIsNotReferredTo() throws IOException {
    String correlation =
        """
        ---
        title: Many
        id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
        correlation:
            type: event_count
            rules: [single]
            group-by: [who]
            timespan: 5m
            aliases:
                who:
                    singel: UserId
            condition: {gte: 3}
        """;
    String rule = RULE.replace("level: high", "name: single");

    JsonNode refused = lint("rule.yml", rule + correlation).path("refused");

    assertThat(refused).hasSize(1);
    assertThat(refused.get(0).path("line").asInt()).isEqualTo(24);
    assertThat(refused.get(0).path("what").asText()).contains("alias \"who\"").contains("singel");
    assertThat(refused.get(0).path("fix").asText()).contains("nearest is \"single\"");
    assertThat(lint("rule.yml", rule + correlation.replace("singel", "SINGLE")).path("refused"))
        .isEmpty();
  }

  @Test
  void warns_ofUnusedSelectionsAndOfATitleThatTwoDocumentsHave() throws IOException {
    Files.writeString(folder.resolve("other.yml"), RULE.replace("4f1ed1c2", "5f1ed1c2"));
    JsonNode report =
        lint(
            "rule.yml",
            RULE.replace("    condition:", "    filter:\n        User: x\n    condition:"));

    assertThat(report.toString())
        .contains("has the selection \\\"filter\\\", which the condition does not use")
        .contains("has the same title as the document at");
  }

  @Test
  void tellsByWhatTheIndexFindsARule() throws IOException {
    Files.writeString(folder.resolve("equal.yml"), RULE);
    Files.writeString(
        folder.resolve("part.yml"),
        RULE.replace("4f1e", "5f1e")
            .replace("ResultType: 0", "User|contains: admin")
            .replace("AuthenticationRequirement: s", "AppDisplayName|contains: s"));
    Files.writeString(
        folder.resolve("not.yml"),
        RULE.replace("4f1e", "6f1e").replace("condition: selection", "condition: not selection"));

    List<String> found = new ArrayList<>();
    lint().path("documents").forEach(each -> found.add(each.path("foundBy").asText()));

    assertThat(found).containsExactly("equality", "none", "fragment");
  }
}
