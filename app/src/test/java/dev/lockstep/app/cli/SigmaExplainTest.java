package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What explain says of Sigma rules: selections with their values, and the fullest window. */
class SigmaExplainTest {
  private static final String RULE =
      """
      title: Role given by hand
      id: 11111111-0000-0000-0000-000000000001
      logsource: {product: azure, service: auditlogs}
      detection:
          selection:
              OperationName: Add member to role
              Result: success
          filter_pim:
              LoggedByService: PIM
          condition: selection and not filter_pim
      """;
  private static final String FILTER =
      """
      title: Known app
      logsource: {product: azure, service: auditlogs}
      filter:
          rules: [11111111-0000-0000-0000-000000000001]
          selection:
              Category: Expected
          condition: not selection
      """;
  private static final String CORRELATION =
      """
      title: Failed sign-in
      name: failed
      logsource: {product: azure, service: signinlogs}
      detection:
          selection:
              ResultType: 50126
          condition: selection
      ---
      title: Many failed sign-ins from an address
      id: 11111111-0000-0000-0000-000000000002
      correlation:
          type: event_count
          rules: [failed]
          group-by: [IPAddress]
          timespan: 10m
          condition: {gte: 5}
      """;
  private static final String CHANGE =
      """
      {"time":"2026-01-05T09:1%d:00Z","category":"AuditLogs","operationName":"%s","properties":{"id":"a-%d","result":"%s","category":"%s","loggedByService":"%s","initiatedBy":{"user":{"id":"u1","userPrincipalName":"ada@contoso.com"}}}}
      """;
  private static final String SIGN_IN =
      """
      {"time":"2026-01-05T09:2%d:00Z","category":"SignInLogs","resultType":"%d","properties":{"id":"s-%d","createdDateTime":"2026-01-05T09:2%d:00Z","userId":"u1","userPrincipalName":"ada@contoso.com","ipAddress":"198.51.100.7","status":{"errorCode":%d}}}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(rules.resolve("by_hand.yml"), RULE + "---\n" + FILTER);
    Files.writeString(rules.resolve("many_failed.yml"), CORRELATION);
    Files.writeString(folder.resolve("lockstep.yaml"), "rules: {directories: [rules]}\n");
    StringBuilder capture = new StringBuilder();
    capture.append(CHANGE.formatted(0, "Add member to role", 0, "success", "Role", "Core"));
    capture.append(CHANGE.formatted(1, "Delete user", 1, "failure", "User", "Core"));
    capture.append(CHANGE.formatted(2, "Add member to role", 2, "success", "Role", "PIM"));
    capture.append(CHANGE.formatted(3, "Add member to role", 3, "success", "Expected", "Core"));
    for (int i = 0; i < 3; i++) {
      capture.append(SIGN_IN.formatted(i, 50126, i, i, 50126));
    }
    capture.append(SIGN_IN.formatted(9, 0, 9, 9, 0));
    Files.writeString(folder.resolve("capture.jsonl"), capture.toString());
  }

  private Ran explain(String... options) {
    List<String> all = new ArrayList<>(List.of("explain", "--quiet", "--config"));
    all.add(folder.resolve("lockstep.yaml").toString());
    all.addAll(List.of(options));
    all.add(folder.resolve("capture.jsonl").toString());
    Ran ran = Ran.run(all.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err() + ran.out()).isEqualTo(ExitCode.DONE);
    return ran;
  }

  private JsonNode json(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--json");
    return new ObjectMapper().readTree(explain(all.toArray(String[]::new)).out());
  }

  @Test
  void namesOfAMatch_whichSelectionHoldsAndWhichDoesNot_andByWhichValue() throws IOException {
    JsonNode matched = json("--principal", "ada@contoso.com").path("matched");

    assertThat(matched)
        .anySatisfy(
            row -> {
              assertThat(row.path("rule").asText()).isEqualTo("by_hand");
              assertThat(row.path("events").asInt()).isEqualTo(1);
              assertThat(row.path("selections").get(0).asText())
                  .isEqualTo(
                      "selection holds by OperationName: add member to role: Add member to role,"
                          + " Result: success: success");
              assertThat(row.path("selections").get(1).asText())
                  .isEqualTo("filter_pim does not hold by LoggedByService: pim: Core");
            });
    assertThat(matched)
        .anySatisfy(row -> assertThat(row.path("rule").asText()).isEqualTo("many_failed"));
  }

  @Test
  void printsTheRuleOfTheAskedFindingFirst() throws IOException {
    Files.writeString(
        folder.resolve("rules/a_first.yml"),
        """
        title: Any change
        id: 11111111-0000-0000-0000-000000000009
        logsource: {product: azure, service: auditlogs}
        detection:
            selection: {OperationName: Delete user}
            condition: selection
        """);
    Path out = folder.resolve("found.jsonl");
    Ran.run(
        "replay",
        "--quiet",
        "--config",
        folder.resolve("lockstep.yaml").toString(),
        "--rule",
        "by_hand",
        "--output",
        out.toString(),
        folder.resolve("capture.jsonl").toString());
    JsonNode found = new ObjectMapper().readTree(Files.readString(out));

    List<String> sections =
        explain("--detection", found.path("id").asText())
            .out()
            .lines()
            .filter(line -> line.endsWith(" (by_hand)") || line.endsWith(" (a_first)"))
            .toList();

    assertThat(sections).containsExactly("ROLE GIVEN BY HAND (by_hand)", "ANY CHANGE (a_first)");
  }

  @Test
  void namesOfWhatDidNotMatch_eachComparisonThatFailed() throws IOException {
    List<String> why = new ArrayList<>();
    json("--principal", "ada@contoso.com")
        .path("neverCompared")
        .forEach(
            row -> {
              if (row.path("rule").asText().equals("by_hand")) {
                why.add(row.path("why").asText());
              }
            });

    assertThat(why)
        .anyMatch(
            each ->
                each.startsWith(
                    "selection does not hold by OperationName: add member to role: Delete user,"
                        + " Result: success: failure;"))
        .anyMatch(each -> each.endsWith("filter_pim holds by LoggedByService: pim: PIM"))
        .anyMatch(
            each ->
                each.startsWith("filter: Known app; ")
                    && each.endsWith(
                        "filter: Known app: selection holds by Category: expected: Expected"));
  }

  @Test
  void shows_theFullestWindowOfAGroup_andWhatItLacks() {
    for (List<String> asked :
        List.of(List.of("--principal", "u1"), List.of("--ip", "198.51.100.7"))) {
      String text = explain(asked.toArray(String[]::new)).out();

      assertThat(text)
          .contains("MANY FAILED SIGN-INS FROM AN ADDRESS (many_failed)")
          .contains("does not fire: window")
          .contains("lacks 2 events")
          .contains("number 3");
    }
  }

  @Test
  void says_thatTheClassOfANetworkIsNotKnown() {
    assertThat(explain("--ip", "198.51.100.7").out())
        .contains("  class         not known from any file, record or database");
  }

  @Test
  void shows_aWindow_thatHasAnotherNumber_thanTheConditionWants() throws IOException {
    Files.writeString(
        folder.resolve("rules/many_failed.yml"), CORRELATION.replace("gte: 5", "eq: 4"));

    assertThat(explain("--principal", "u1").out())
        .contains("number 3")
        .contains("lacks a number that fulfils");
  }

  @Test
  void shows_theFullestWindow_ofACorrelationToWhichAnotherOneRefers() throws IOException {
    Files.writeString(
        folder.resolve("rules/many_failed.yml"),
        CORRELATION.replace("000000000002\n", "000000000002\nname: many\n")
            + """
            ---
            title: Many failed sign-ins twice
            id: 11111111-0000-0000-0000-000000000003
            correlation:
                type: event_count
                rules: [many]
                group-by: [IPAddress]
                timespan: 1h
                condition: {gte: 2}
            """);

    assertThat(explain("--principal", "u1").out())
        .contains("MANY FAILED SIGN-INS TWICE")
        .contains("does not fire: window of many")
        .contains("lacks 2 events");
  }

  @Test
  void shows_theHit_ofACorrelationToWhichAnotherOneRefers() throws IOException {
    Files.writeString(
        folder.resolve("rules/many_failed.yml"),
        CORRELATION
                .replace("000000000002\n", "000000000002\nname: many\n")
                .replace("gte: 5", "gte: 3")
            + """
            ---
            title: Many failed sign-ins twice
            id: 11111111-0000-0000-0000-000000000003
            correlation:
                type: event_count
                rules: [many]
                group-by: [IPAddress]
                timespan: 1h
                condition: {gte: 2}
            """);

    assertThat(explain("--principal", "u1").out())
        .contains("does not fire: hit of many")
        .doesNotContain("does not fire: window of many");
  }

  @Test
  void namesOfAnAddress_theFilterThatRemovedAnEventOfACorrelatedRule() throws IOException {
    Files.writeString(
        folder.resolve("rules/known.yml"),
        """
        title: Known address
        logsource: {product: azure, service: signinlogs}
        filter:
            rules: [failed]
            selection:
                IPAddress: 198.51.100.7
            condition: not selection
        """);

    assertThat(json("--ip", "198.51.100.7").path("neverCompared"))
        .anySatisfy(
            row -> {
              assertThat(row.path("rule").asText()).isEqualTo("many_failed");
              assertThat(row.path("events").asInt()).isEqualTo(3);
              assertThat(row.path("why").asText())
                  .startsWith("filter: Known address; Failed sign-in (selection holds by ")
                  .endsWith(
                      "filter: Known address: selection holds by IPAddress: 198.51.100.7:"
                          + " 198.51.100.7)");
            });
  }

  @Test
  void namesOfAFinding_theGroupAndItsEvents() throws IOException {
    Files.writeString(
        folder.resolve("rules/many_failed.yml"), CORRELATION.replace("gte: 5", "gte: 3"));
    Path found = folder.resolve("found.jsonl");
    Ran replay =
        Ran.run(
            "replay",
            "--quiet",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--rule",
            "many_failed",
            "--output",
            found.toString(),
            folder.resolve("capture.jsonl").toString());
    assertThat(replay.code()).as(replay.err()).isEqualTo(ExitCode.DONE);
    String id = new ObjectMapper().readTree(Files.readString(found)).path("id").asText();

    assertThat(explain("--detection", id).out().replaceAll("\\s+", " "))
        .startsWith("group IPAddress 198.51.100.7")
        .contains("; 3 events of this subject.")
        .contains("MATCHED BY SIGMA RULES")
        .containsOnlyOnce("MANY FAILED SIGN-INS FROM AN ADDRESS (many_failed)");
    JsonNode matched = json("--detection", id).path("matched");
    assertThat(matched.path(0).path("rule").asText()).isEqualTo("many_failed");
    assertThat(matched.path(0).path("events").asInt()).isEqualTo(3);
  }

  @Test
  void keepsTheNamesOfFieldsAsTheyAreWritten() {
    assertThat(explain("--principal", "u1").out())
        .contains("MATCHED BY SIGMA RULES")
        .contains("OperationName: add member to role: Delete")
        .contains("Failed sign-in (selection does not hold");
  }
}
