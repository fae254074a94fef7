package dev.lockstep.app.authoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.enrichment.Enrichment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Tests beside rules, run by the real reader and engine over files as an author writes them. */
class RuleTesterTest {
  private static final String RULE =
      """
      title: Role given by hand
      id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
      level: high
      logsource: {product: azure, service: auditlogs}
      detection:
          selection:
              OperationName: Add member to role
          filter:
              LoggedByService: PIM
          condition: selection and not filter
      """;

  private static final String RECORD =
      "{operationName: Add member to role, properties: {initiatedBy: {user: {id:"
          + " 11111111-aaaa-bbbb-cccc-000000000001, userPrincipalName: ada@contoso.com,"
          + " ipAddress: 203.0.113.7}}}}";

  @TempDir Path folder;

  private TestReport run() {
    return new RuleTester(
            SigmaDocuments.of(List.of(folder)), RuleCases.of(List.of()), Enrichment.none(), 7)
        .run();
  }

  private TestReport run(String tests) throws IOException {
    Files.writeString(folder.resolve("role.yml"), RULE + "lockstep:\n    tests:\n" + tests);
    return run();
  }

  private static String test(String name, String fires, String... records) {
    StringBuilder text = new StringBuilder("        - name: " + name + "\n          records:\n");
    for (String record : records) {
      text.append("              - ").append(record).append('\n');
    }
    return text + "          fires: " + fires + "\n";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "[{severity: High}, {principal: ada@contoso.com}]",
        "[{findings: 2}, {principal: ada@contoso.com}]"
      })
  void passes_whateverTheOrderOfExpectations(String fires) throws IOException {
    String ben = RECORD.replace("0001,", "0002,").replace("ada@", "ben@");
    String eve = RECORD.replace("0001,", "0003,").replace("ada@", "eve@");
    boolean isOfTwo = !fires.contains("findings");
    String[] records = isOfTwo ? new String[] {RECORD, ben} : new String[] {RECORD, ben, eve};

    TestReport one = run(test("fires", fires, records));

    assertThat(one.outcomes()).allSatisfy(each -> assertThat(each.failures()).isEmpty());
    assertThat(one.isGood()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "1",
        "{severity: High}",
        "{severity: high, count: 1, principal: ada@contoso.com}",
        "{principal: 11111111-aaaa-bbbb-cccc-000000000001, ip: 203.0.113.7}",
        "[{findings: 1}]"
      })
  void passes_whereTheFindingsAreThose(String fires) throws IOException {
    TestReport report = run(test("fires", fires, RECORD));

    assertThat(report.outcomes()).allSatisfy(each -> assertThat(each.failures()).isEmpty());
    assertThat(report.isGood()).isTrue();
  }

  @Test
  void fitsTheReasonsOfAFailureToTheTerminal() throws IOException {
    String other = RECORD.replace("Add member to role", "an operation that is not selected");
    TestReport report = run(test("fires", "1", other));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), new Terminal(80, false));
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .anyMatch(line -> line.startsWith("  expected, but not found: a finding"))
        .anyMatch(line -> line.startsWith("1 test in 1 file: 1 failed"))
        .allMatch(line -> line.length() <= 80 || line.contains(folder.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "none ~ found, but not expected: High, count 1",
        "2 ~ expected, but not found: a finding",
        "{severity: low} ~ expected, but not found: Low",
        "{count: 2} ~ expected, but not found: count 2",
        "{principal: eve} ~ expected, but not found: principal eve",
        "{ip: 198.51.100.1} ~ expected, but not found: ip 198.51.100.1"
      })
  void fails_whereTheyAreOthers(String fires, String words) throws IOException {
    TestReport report = run(test("fires", fires, RECORD));

    assertThat(report.isGood()).isFalse();
    assertThat(report.outcomes().get(0).failures())
        .anySatisfy(line -> assertThat(line).contains(words));
  }

  @Test
  void tellsWhichSelectionHeldAndByWhichValue() throws IOException {
    TestReport report =
        run(test("fires", "1", RECORD.replace("Add member to role", "Delete user")));

    assertThat(report.outcomes().get(0).failures())
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("record in line 15")
                    .contains("selection does not hold")
                    .contains("Delete user")
                    .contains("filter does not hold"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "event_count ~ UserPrincipalNam ~ '' ~ in no group, because there is no value in the field UserPrincipalNam",
        "value_count ~ lockstep.principal.id ~ field: AppIdd ~ not counted, because there is no value in the field AppIdd",
        "value_count ~ lockstep.principal.id ~ field: [ResultDescription, AppIdd] ~ not counted,"
            + " because there is no value in the field AppIdd",
        "value_sum ~ lockstep.principal.id ~ field: OperationName ~ not counted, because there is no"
            + " number in the field OperationName"
      })
  void tellsWhichRecordIsInNoGroupOrNotCounted(
      String type, String group, String field, String words) throws IOException {
    Files.writeString(
        folder.resolve("many.yml"),
        RULE.replace("level: high", "name: single")
            + """
            ---
            title: Many
            id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
            correlation:
                type: TYPE
                rules: [single]
                group-by: [GROUP]
                timespan: 5m
                condition:
                    gte: 1
                    FIELD
            lockstep:
                tests:
            """
                .replace("TYPE", type)
                .replace("GROUP", group)
                .replace("FIELD", field)
            + test(
                "fires",
                "1",
                RECORD.replace("{operationName", "{resultDescription: '', operationName"),
                RECORD.replace("Add member to role", "Delete user")));

    List<String> failures = run().outcomes().get(0).failures();

    assertThat(failures).contains("record in line 26: " + words);
    assertThat(failures).noneMatch(line -> line.startsWith("record in line 27: in no"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "event_count ~ gte: 5 ~ 2 of 5 events in the largest window of 5 min for"
            + " UserPrincipalName ada@contoso.com, from 2026-01-05 09:00:00 UTC to 2026-01-05"
            + " 09:00:01 UTC; none larger in 1 further group",
        "value_count ~ field: IPAddress, gt: 1 ~ 1 of 2 values of IPAddress in the largest window"
            + " of 5 min for UserPrincipalName ada@contoso.com",
        "event_count ~ gte: 3, lte: 9 ~ 2 events in the largest window of 5 min for"
            + " UserPrincipalName ada@contoso.com, from 2026-01-05 09:00:00 UTC to 2026-01-05"
            + " 09:00:01 UTC, condition gte: 3 and lte: 9",
        "value_sum ~ field: ResultType, gte: 200000 ~ value_sum of ResultType is 100252 in the"
            + " largest window"
      })
  void tellsWhatTheLargestWindowLacked_whereACorrelationDidNotFire(
      String type, String condition, String words) throws IOException {
    String ada =
        "{resultType: '50126', properties: {userId: 1, userPrincipalName:"
            + " ada@contoso.com, ipAddress: 203.0.113.7}}";
    Files.writeString(
        folder.resolve("many.yml"),
        """
        title: Failed sign-in
        id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
        name: single
        logsource: {product: azure, service: signinlogs}
        detection:
            selection: {ResultType: 50126}
            condition: selection
        ---
        title: Many
        id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
        correlation:
            type: TYPE
            rules: [single]
            group-by: [UserPrincipalName]
            timespan: 5m
            condition: {CONDITION}
        lockstep:
            tests:
        """
                .replace("TYPE", type)
                .replace("CONDITION", condition)
            + test("fires", "1", "{repeat: 2, record: " + ada + "}", ada.replace("ada@", "eve@")));

    List<String> failures = run().outcomes().get(0).failures();

    assertThat(failures.get(0)).startsWith("expected, but not found");
    assertThat(failures.get(1)).startsWith(words);
  }

  @Test
  void tellsOfWhichRuleTheLargestWindowHasNoEvent() throws IOException {
    Files.writeString(
        folder.resolve("two.yml"),
        RULE.replace("level: high", "name: given")
            + """
            ---
            title: Role taken
            id: 5f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
            name: taken
            logsource: {product: azure, service: auditlogs}
            detection:
                selection: {OperationName: Remove member from role}
                condition: selection
            ---
            title: Given and taken
            id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
            correlation:
                type: temporal
                rules: [given, taken]
                group-by: [lockstep.principal.id]
                timespan: 1h
            lockstep:
                tests:
            """
            + test("fires", "1", RECORD));

    assertThat(run().outcomes().get(0).failures())
        .contains(
            "1 of 2 rules in the largest window of 1 h for lockstep.principal.id"
                + " 11111111-aaaa-bbbb-cccc-000000000001, at 2026-01-05 09:00:00 UTC, lacks taken");
  }

  @Test
  void namesEachDocumentOfAFile_asTheServiceDoes() throws IOException {
    String tests = "lockstep:\n    tests:\n" + test("fires", "1", RECORD);
    Files.writeString(
        folder.resolve("c.yml"),
        RULE.replace("level: high", "name: single")
            + tests
            + "---\n"
            + RULE.replace("4f1e", "5f1e").replace("Role given", "Role then given")
            + tests
            + "---\n"
            + RULE.replace("4f1e", "6f1e").replace("level: high", "name: ordered")
            + tests
            + """
            ---
            title: Many
            id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
            name: many
            correlation:
                type: event_count
                rules: [single]
                group-by: [lockstep.principal.id]
                timespan: 5m
                condition: {gte: 1}
            """
            + tests);

    TestReport report = run();

    assertThat(report.outcomes()).allSatisfy(each -> assertThat(each.failures()).isEmpty());
    // "single" serves the correlation only, so that the second document has the name of the file
    assertThat(report.outcomes())
        .extracting(TestOutcome::rule)
        .containsExactly("c/single", "c", "c/ordered", "c/many");
    assertThat(SigmaDocuments.of(List.of(folder)).load().set().rules())
        .extracting(each -> each.info().id())
        .containsExactlyInAnyOrder("c", "c/ordered", "c/many");
    assertThat(JUnitXml.of(report)).contains("classname=\"c/ordered\"");
  }

  @Test
  void tellsNothingOfWindows_whereTheGroupFired() throws IOException {
    Files.writeString(
        folder.resolve("many.yml"),
        RULE.replace("level: high", "name: single")
            + """
            ---
            title: Many
            id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
            correlation:
                type: event_count
                rules: [single]
                group-by: [lockstep.principal.id]
                timespan: 5m
                condition: {gte: 1}
            lockstep:
                tests:
            """
            + test("fires", "{count: 4}", RECORD));

    assertThat(run().outcomes().get(0).failures())
        .isNotEmpty()
        .noneMatch(line -> line.contains("window"));
  }

  @Test
  void tellsThatTheRuleSleeps_whereAFieldIsInNoRecord() throws IOException {
    Files.writeString(
        folder.resolve("role.yml"),
        RULE.replace("OperationName: Add", "NoSuchField: Add")
            + "lockstep:\n    tests:\n"
            + test("fires", "1", RECORD)
            + test("is silent", "none", RECORD));

    List<TestOutcome> outcomes = run().outcomes();

    assertThat(outcomes.get(0).failures())
        .contains(
            "the rule sleeps, because no record has NoSuchField, without which its condition"
                + " cannot hold; lockstep rules lint shows what to compare instead");
    assertThat(outcomes.get(1).failures()).isEmpty();
  }

  @Test
  void tellsOnceOfRecordsThatAreAlike_howManyTheyAre() throws IOException {
    String other = RECORD.replace("Add member to role", "Delete user");

    List<String> failures =
        run(test("fires", "2", "{repeat: 30, record: " + other + "}", RECORD))
            .outcomes()
            .get(0)
            .failures();

    assertThat(failures).filteredOn(line -> line.contains("Delete user")).hasSize(1);
    assertThat(failures).anyMatch(line -> line.startsWith("30 records in line 15: selection "));
    assertThat(failures).anyMatch(line -> line.startsWith("record in line 16: selection holds"));
  }

  @Test
  void tellsWhichRecordHasNoSubject() throws IOException {
    String nobody = "{operationName: Add member to role, properties: {result: success}}";

    List<String> failures = run(test("fires", "2", nobody, RECORD)).outcomes().get(0).failures();

    assertThat(failures)
        .contains(
            "record in line 15: in no finding, because the event has no principal, address or"
                + " resource");
    assertThat(failures).noneMatch(line -> line.startsWith("record in line 16: in no"));
  }

  @Test
  void namesTheFaultOfARule_asLintDoes() throws IOException {
    Files.writeString(
        folder.resolve("other.yml"),
        RULE.replace("level: high", "name: singla").replace("4f1e", "5f1e"));
    Files.writeString(
        folder.resolve("many.yml"),
        RULE.replace("level: high", "name: first")
            + """
            ---
            title: Many
            id: 7f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
            correlation:
                type: temporal
                rules: [first, single]
                timespan: 5m
            lockstep:
                tests:
            """
            + test("fires", "1", RECORD));

    TestReport report = run();

    assertThat(report.outcomes().get(0).failures())
        .anySatisfy(line -> assertThat(line).contains("nearest known one is \"singla\""));
  }

  @Test
  void readsRecordsAsJsonToo_andCountsMinutes() throws IOException {
    String json =
        "'{\"time\": \"2026-01-05T09:%s:00Z\", \"category\": \"AuditLogs\", \"operationName\":"
            + " \"Add member to role\", \"properties\": {\"initiatedBy\": {\"user\": {\"id\":"
            + " \"11111111-aaaa-bbbb-cccc-000000000001\"}}}}'";

    TestReport report =
        run(test("two minutes", "{count: 2}", json.formatted("10"), json.formatted("20")));

    assertThat(report.outcomes().get(0).failures()).isEmpty();
  }

  @Test
  void knowsTheNetworksAndPartnersOfATest_andNoOthers() throws IOException {
    String rule =
        """
        title: Key of a partner in a data centre
        id: 1f7cf0f9-6f2c-4c4f-8d0b-2a3c0a9be001
        logsource: {product: lockstep, service: gatewaylogs}
        detection:
            call: {lockstep.ip.class: hosting, lockstep.ip.country: BR, lockstep.partner.id: fabrikam}
            condition: call
        lockstep:
            tests:
        """;
    String record =
        "{callerIpAddress: 198.51.100.7, properties: {apimSubscriptionId: fab-prod, responseCode:"
            + " 200}}";
    String networks = "          networks: {198.51.100.0/24: hosting/BR}\n";
    String partners = "          partners: {fabrikam: fab-prod}\n";
    Files.writeString(
        folder.resolve("key.yml"),
        rule
            + test("knows both", "1", record)
                .replace("          records", networks + partners + "          records")
            + test("knows no partner", "none", record)
                .replace("          records", networks + "          records")
            + test("knows no network", "none", record)
                .replace("          records", partners + "          records"));

    assertThat(run().outcomes()).allSatisfy(each -> assertThat(each.failures()).isEmpty());
  }

  @Test
  void findsPlaceholdersAbove_whereAPartOfTheFolderIsNamed() throws IOException {
    Files.writeString(folder.resolve("placeholders.yaml"), "admins: [ada*]\n");
    Path file = Files.createDirectories(folder.resolve("a/b")).resolve("role.yml");
    Files.writeString(
        file,
        RULE.replace("LoggedByService: PIM", "InitiatedBy|expand: '%admins%'")
            + "lockstep:\n    tests:\n"
            + test("an administrator", "none", RECORD));

    for (Path named : List.of(file, folder.resolve("a"), folder)) {
      TestReport report =
          new RuleTester(
                  SigmaDocuments.of(List.of(named)), RuleCases.of(List.of()), Enrichment.none(), 7)
              .run();
      assertThat(report.isGood()).as(named.toString()).isTrue();
      assertThat(report.outcomes()).hasSize(1);
    }
  }

  @Test
  void repeatsARecord_withItsNumber() throws IOException {
    String record =
        RECORD.replace("{operationName", "{time: \"2026-01-05T09:0%n%:00Z\", operationName");

    TestReport report =
        run(test("five minutes", "{count: 5}", "{repeat: 5, record: " + record + "}"));

    assertThat(report.outcomes().get(0).failures()).isEmpty();
  }

  @Test
  void findsTheSubjectOfAnAlert_amongWhatItNames() throws IOException {
    String alert =
        "{category: SecurityAlert, AlertType: KV_A, VendorName: Microsoft, ProductName: Azure,"
            + " Severity: High, SystemAlertId: a-%s, StartTimeUtc: \"2026-01-05T09:00:00Z\","
            + " Entities: [%s]}";
    Files.writeString(
        folder.resolve("alert.yml"),
        """
        title: Alert about a vault
        id: 1f7cf0f9-6f2c-4c4f-8d0b-2a3c0a9be002
        logsource: {product: lockstep, service: defender}
        detection:
            alert: {AlertType: KV_A}
            condition: alert
        lockstep:
            tests:
        """
            + test(
                "an account, else an address",
                "[{principal: 11111111-aaaa-bbbb-cccc-000000000001}, {ip: 198.51.100.7}]",
                alert.formatted(
                    "1",
                    "{$id: '1', Type: account, AadUserId: 11111111-aaaa-bbbb-cccc-000000000001},"
                        + " {$id: '2', Type: ip, Address: 203.0.113.9}"),
                alert.formatted("2", "{$id: '1', Type: ip, Address: 198.51.100.7}")));

    assertThat(run().outcomes().get(0).failures()).isEmpty();
  }

  @Test
  void asksForNoTestsOfARule_whoseFindingsACorrelationHas() throws IOException {
    NewSigmaRule.write(
        folder, "guessing", true, UUID.randomUUID(), UUID.randomUUID(), LocalDate.EPOCH);

    assertThat(run().json()).contains("\"untested\":[]");
    assertThat(new LintReport(SigmaDocuments.of(List.of(folder))).json())
        .doesNotContain("no-tests");
  }

  @Test
  void fails_whereARecordCannotBeRead() throws IOException {
    TestReport report =
        run(
            test("category", "none", "{category: Nonsense, time: 2026-01-05T09:00:00Z}")
                + test("time", "none", "{category: AuditLogs, time: yesterday}"));

    assertThat(report.outcomes().get(0).failures().get(0))
        .contains("record 1 in line 15")
        .contains("Nonsense");
    assertThat(report.outcomes().get(1).failures().get(0))
        .contains("bad-time")
        .contains("yesterday");
  }

  @Test
  void appliesFilters() throws IOException {
    Files.writeString(
        folder.resolve("filter.yml"),
        """
        title: Break-glass account
        logsource: {product: azure, service: auditlogs}
        filter:
            rules: any
            selection:
                InitiatedBy|contains: ada
            condition: not selection
        """);

    TestReport report = run(test("filtered", "none", RECORD));

    assertThat(report.outcomes().get(0).failures()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "azure,signinlogs",
    "azure,auditlogs",
    "azure,activitylogs",
    "azure,riskdetection",
    "azure,microsoftgraphactivitylogs",
    "lockstep,gatewaylogs",
    "lockstep,frontdoor",
    "lockstep,keyvault",
    "lockstep,defender"
  })
  void completesARecordOfEachLogSource(String product, String service) throws IOException {
    Files.writeString(
        folder.resolve("any.yml"),
        """
        title: Anything
        logsource: {product: %s, service: %s}
        detection:
            selection: {category|exists: true}
            condition: selection
        lockstep: {tests: [{name: any, records: [{operationName: x}], fires: none}]}
        """
            .formatted(product, service));

    assertThat(run().outcomes().get(0).failures())
        .allSatisfy(line -> assertThat(line).doesNotContain("rejected").doesNotContain("ignored"));
  }

  @Test
  void runsSigmaHqsRegressionFormat() throws IOException {
    Path data = Files.createDirectories(folder.resolve("regression_data/role"));
    Files.writeString(
        data.resolve("info.yml"),
        """
        id: 63b16abe-2d5c-4a2f-b0ae-f1bc4580e40d
        regression_tests_info:
            - {name: positive, type: json, match_count: 2, path: regression_data/role/role.ndjson}
            - {name: wrong number, type: json, match_count: 1, path: regression_data/role/role.ndjson}
            - {name: other kind, type: evtx, path: regression_data/role/role.evtx}
            - {name: outside, type: json, path: ../../secret.json}
        """);
    String record =
        "{\"time\": \"2026-01-05T09:10:00Z\", \"category\": \"AuditLogs\", \"operationName\":"
            + " \"%s\"}\n";
    Files.writeString(
        data.resolve("role.ndjson"),
        record.formatted("Add member to role")
            + record.formatted("Delete user")
            + record.formatted("Add member to role").replace("09:10", "09:20"));
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(
        rules.resolve("role.yml"), RULE + "regression_tests_path: regression_data/role/info.yml\n");

    TestReport report =
        new RuleTester(
                SigmaDocuments.of(List.of(rules)), RuleCases.of(List.of()), Enrichment.none(), 7)
            .run();

    assertThat(report.outcomes().get(0).failures()).isEmpty();
    assertThat(report.outcomes().get(1).failures().get(0))
        .contains("2 of 3 events match, expected 1");
    assertThat(report.outcomes().get(2).failures().get(0)).contains("evtx").contains("JSON");
    assertThat(report.outcomes().get(3).failures().get(0)).contains("there is no such file");
  }

  @Test
  void refusesARegressionPath_thatNoFileCanHave() throws IOException {
    Path file = folder.resolve("role.yml");
    Files.writeString(file, RULE + "regression_tests_path: \"a\\0b\"\n");
    Path other = folder.resolve("other.yml");
    Files.writeString(other, RULE + "regression_tests_path: info.yml\n");
    Files.writeString(
        folder.resolve("info.yml"),
        """
        id: 63b16abe-2d5c-4a2f-b0ae-f1bc4580e40d
        regression_tests_info:
            - {name: one, type: json, match_count: 1, path: "a\\0.json"}
        """);

    for (Path each : List.of(file, other)) {
      TestReport report =
          new RuleTester(
                  SigmaDocuments.of(List.of(each)), RuleCases.of(List.of()), Enrichment.none(), 7)
              .run();
      assertThat(report.outcomes()).hasSize(1);
      assertThat(report.outcomes().get(0).failures().get(0))
          .containsAnyOf("nor a folder above has this file", "there is no such file");
    }
  }

  @Test
  void callsAFileOfRegressionTestsAFile_notARule() throws IOException {
    Files.writeString(folder.resolve("role.yml"), RULE + "regression_tests_path: tests/info.yml\n");
    Files.writeString(
        Files.createDirectory(folder.resolve("tests")).resolve("info.yml"),
        "regression_tests_info: [{name: no path}]\n");

    TestReport report =
        new RuleTester(
                SigmaDocuments.of(List.of(folder.resolve("role.yml"))),
                RuleCases.of(List.of()),
                Enrichment.none(),
                7)
            .run();

    assertThat(report.outcomes().get(0).failures())
        .containsExactly(
            "could not read the file: tests/info.yml:1 has no path; name the file with the records");
  }

  @Test
  void countsACallOnce_whoseIdentityLinkComesLate() throws IOException {
    Files.writeString(
        folder.resolve("info.yml"),
        """
        id: 63b16abe-2d5c-4a2f-b0ae-f1bc4580e40d
        regression_tests_info:
            - {name: one call, type: json, match_count: 1, path: call.ndjson}
        """);
    Files.writeString(
        folder.resolve("call.ndjson"),
        """
        {"time":"2026-01-05T09:10:00Z","category":"GatewayLogs","correlationId":"c-1","properties":{"apiId":"orders","apimSubscriptionId":"shop","responseCode":200}}
        {"time":"2026-01-06T08:10:00Z","category":"GatewayLogs","correlationId":"c-2","properties":{"apiId":"others","responseCode":200}}
        {"v":1,"correlationId":"c-1","uti":"4AQlP4lP00GaDAMF6CwzAQ","oid":"11111111-aaaa-bbbb-cccc-000000000001","idtyp":"user","validated":true,"time":"2026-01-06T08:20:00Z"}
        """);
    Files.writeString(
        folder.resolve("calls.yml"),
        """
        title: Calls
        id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a11
        level: high
        logsource: {product: lockstep, service: gatewaylogs}
        detection:
            selection:
                ApiId: orders
            condition: selection
        regression_tests_path: info.yml
        """);

    TestReport report =
        new RuleTester(
                SigmaDocuments.of(List.of(folder.resolve("calls.yml"))),
                RuleCases.of(List.of()),
                Enrichment.none(),
                7)
            .run();

    assertThat(report.outcomes()).hasSize(1);
    assertThat(report.outcomes().get(0).failures()).isEmpty();
  }

  @Test
  void writesXmlThatAParserReadsBack() throws Exception {
    Files.writeString(folder.resolve("broken.yml"), "title: x\n");
    TestReport report =
        run(test("\"fires <&> \\x07 \\\"quoted\\\"\"", "none", RECORD) + test("good", "1", RECORD));

    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(JUnitXml.of(report).getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();

    NodeList cases = root.getElementsByTagName("testcase");
    assertThat(root.getTagName()).isEqualTo("testsuites");
    assertThat(cases.getLength()).isEqualTo(3);
    assertThat(root.getElementsByTagName("failure").getLength()).isEqualTo(2);
    assertThat(((Element) cases.item(0)).getAttribute("name"))
        .contains("<&>")
        .contains("\"quoted\"");
    assertThat(((Element) cases.item(0)).getAttribute("classname")).isEqualTo("role");
    assertThat(root.getElementsByTagName("failure").item(0).getTextContent())
        .contains("found, but not expected");
  }

  @Test
  void aNewRuleFailsOneTest_untilItsRecordIsOneThatTheRuleSelects() throws IOException {
    Path file = newRule(false);

    TestReport before = run();
    Files.writeString(
        file,
        Files.readString(file)
            .replace("an operation that the rule does not select", "Add member to role"));

    assertThat(before.outcomes()).extracting(TestOutcome::passed).containsExactly(false, true);
    assertThat(run().isGood()).isTrue();
  }

  @Test
  void aNewCorrelationFailsOneTest_untilThreeRecordsAreEntered() throws IOException {
    Path file = newRule(true);

    TestReport before = run();
    String record =
        Files.readString(file)
            .lines()
            .filter(line -> line.contains("- {resultType"))
            .findFirst()
            .orElseThrow();
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "          records:\n" + record + "\n          fires: {",
                "          records:\n" + (record + "\n").repeat(3) + "          fires: {"));

    assertThat(before.outcomes()).extracting(TestOutcome::passed).containsExactly(false, true);
    assertThat(run().outcomes()).allSatisfy(each -> assertThat(each.failures()).isEmpty());
  }

  private Path newRule(boolean correlation) {
    return NewSigmaRule.write(
        folder, "my_rule", correlation, new UUID(1, 1), new UUID(1, 2), LocalDate.of(2026, 1, 5));
  }
}
