package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters and exceptions that rules tune proposes, and those that it refuses. */
class RulesTuneCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RULE =
      """
      title: Role given
      id: 11111111-0000-0000-0000-000000000001
      logsource: {product: azure, service: auditlogs}
      detection:
          selection:
              OperationName: Add member to role
          condition: selection
      """;
  private static final String CORRELATION =
      """
      title: Deletion
      name: deletion
      logsource: {product: azure, service: auditlogs}
      detection:
          selection: {OperationName: Delete user}
          condition: selection
      ---
      title: Many deletions
      id: 11111111-0000-0000-0000-000000000002
      correlation:
          type: event_count
          rules: [deletion]
          group-by: [callerIpAddress]
          timespan: 1h
          condition: {gte: 2}
      """;
  private static final String BY_APP =
      """
      {"time":"2026-01-%02dT09:%02d:00Z","category":"AuditLogs","operationName":"%s","callerIpAddress":"%s","properties":{"id":"a-%s","initiatedBy":{"app":{"displayName":"%s","servicePrincipalId":"%s"}}}}
      """;
  private static final String BY_USER =
      """
      {"time":"2026-01-%02dT09:%02d:00Z","category":"AuditLogs","operationName":"%s","callerIpAddress":"%s","properties":{"id":"a-%s","initiatedBy":{"user":{"id":"%s","userPrincipalName":"%s@contoso.com"}}}}
      """;

  private static final String SIGN_IN =
      """
      {"time":"2026-01-05T%02d:00:00Z","category":"SignInLogs","properties":{"id":"%s","userId":"11111111-aaaa-bbbb-cccc-0000000000%d","createdDateTime":"2026-01-05T%1$02d:00:00Z","ipAddress":"%s","status":{"errorCode":0}}}
      """;

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    return Files.writeString(file, text);
  }

  /** Returns the findings of a rule by subject and day. */
  private Map<String, ObjectNode> found(String rule) throws IOException {
    file("lockstep.yaml", "rules: {directories: [rules]}\n");
    Path out = folder.resolve("found.jsonl");
    Ran ran =
        Ran.run(
            "replay",
            "--quiet",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--output",
            out.toString(),
            folder.resolve("capture.jsonl").toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    Map<String, ObjectNode> found = new TreeMap<>();
    for (String line : Files.readAllLines(out)) {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      if (node.path("rule").asText().equals(rule)) {
        String subject =
            node.path("group")
                .path("callerIpAddress")
                .asText(node.path("principal").path("id").asText());
        found.put(subject + " " + node.path("startTime").asText().substring(8, 10), node);
      }
    }
    return found;
  }

  private Path closed(Map<String, ObjectNode> found, Map<String, String> closings)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    closings.forEach(
        (key, word) -> {
          ObjectNode node = Objects.requireNonNull(found.get(key), key).deepCopy();
          lines.append(node.put("classification", word)).append('\n');
        });
    return file("closed.jsonl", lines.toString());
  }

  private Ran tune(String rule, Path from, String... options) {
    List<String> all = new ArrayList<>(List.of("rules", "tune", "--quiet", "--config"));
    all.add(folder.resolve("lockstep.yaml").toString());
    all.addAll(List.of(options));
    all.addAll(
        List.of("--from", from.toString(), rule, folder.resolve("capture.jsonl").toString()));
    return Ran.run(all.toArray(String[]::new));
  }

  private JsonNode tuned(String rule, Path from) throws IOException {
    Ran ran = tune(rule, from, "--json");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    return JSON.readTree(ran.out());
  }

  @Test
  void says_whereAFilterLeavesNothingOfTheRule() throws IOException {
    file("rules/role_given.yml", RULE);
    String given = "Add member to role";
    String one = BY_APP.formatted(5, 1, given, "198.51.100.1", "a", "Provisioning", "sp1");
    String other = BY_APP.formatted(6, 1, given, "198.51.100.1", "b", "Provisioning", "sp1");
    file("capture.jsonl", one + other);
    Path from =
        closed(found("role_given"), Map.of("sp1 05", "FalsePositive", "sp1 06", "BenignPositive"));
    String words = "No finding of the rule would be left";
    assertThat(tune("role_given", from).out().replaceAll("\\s+", " ")).contains(words);

    String third = BY_USER.formatted(7, 1, given, "203.0.113.7", "c", "u1", "ada");
    file("capture.jsonl", one + other + third);
    assertThat(tune("role_given", from).out())
        .contains("Removes 2 of the 2")
        .doesNotContain("would be left");
  }

  @Test
  void proposes_oneFilterForWhatHasAnApplicationInCommon_andRefusesOneThatHidesATrueFinding()
      throws IOException {
    file("rules/role_given.yml", RULE);
    StringBuilder capture = new StringBuilder();
    String given = "Add member to role";
    for (int day = 5; day < 8; day++) {
      capture.append(
          BY_APP.formatted(day, 1, given, "198.51.100." + day, day, "Provisioning", "sp" + day));
      capture.append(
          BY_APP.formatted(day, 2, given, "198.51.100.99", "b" + day, "Provisioning", "sp" + day));
    }
    capture.append(BY_USER.formatted(8, 1, given, "203.0.113.7", "u1", "u1", "ada"));
    capture.append(BY_USER.formatted(9, 1, given, "203.0.113.7", "u2", "u2", "ben"));
    capture.append(BY_USER.formatted(10, 1, given, "203.0.113.8", "u3", "u3", "eve"));
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> found = found("role_given");
    assertThat(found).hasSize(6);
    Path from =
        closed(
            found,
            Map.of(
                "sp5 05", "FalsePositive",
                "sp6 06", "false positive",
                "sp7 07", "BenignPositive",
                "u1 08", "FalsePositive",
                "u2 09", "TruePositive"));

    JsonNode tuned = tuned("role_given", from);

    assertThat(tuned.path("closedFalse")).hasSize(4);
    assertThat(tuned.path("closedTrue").asInt()).isEqualTo(1);
    assertThat(tuned.path("left")).isEmpty();
    assertThat(tuned.path("proposals")).hasSize(2);
    JsonNode first = tuned.path("proposals").get(0);
    JsonNode second = tuned.path("proposals").get(1);
    JsonNode ofApp = first.path("removes").size() == 3 ? first : second;
    JsonNode ofUser = first.path("removes").size() == 3 ? second : first;
    assertThat(ofApp.path("compares").asText())
        .isEqualTo("initiatedBy.app.displayName: provisioning");
    assertThat(ofApp.path("removes")).hasSize(3);
    assertThat(ofApp.path("alsoRemoves")).isEmpty();
    assertThat(ofUser.path("compares").asText()).contains("ada@contoso.com");
    assertThat(tuned.path("refused"))
        .anySatisfy(
            refused -> {
              assertThat(refused.path("compares").asText()).contains("203.0.113");
              assertThat(refused.path("hides").get(0).asText())
                  .isEqualTo(Objects.requireNonNull(found.get("u2 09")).path("id").asText());
            });

    List<String> lines = new ArrayList<>();
    ofApp.path("lines").forEach(line -> lines.add(line.asText()));
    file("rules/known_app.yml", String.join("\n", lines) + "\n");
    assertThat(found("role_given").keySet()).containsExactly("u1 08", "u2 09", "u3 10");
    String text = tune("role_given", from).out();
    assertThat(text).contains("REFUSED: each filter that would hide a finding closed as true");
  }

  @Test
  void proposesNoFilter_thatLeavesTheFindingToAnEventWhichItDoesNotCite() throws IOException {
    file("rules/role_given.yml", RULE);
    StringBuilder capture = new StringBuilder();
    String given = "Add member to role";
    for (int minute = 1; minute < 4; minute++) {
      String address = minute == 2 ? "203.0.113.7" : "198.51.100.9";
      capture.append(BY_USER.formatted(5, minute, given, address, "a" + minute, "u1", "ada"));
    }
    capture.append(BY_USER.formatted(6, 1, given, "192.0.2.7", "b", "u1", "ada"));
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> found = found("role_given");
    Path from = closed(found, Map.of("u1 05", "FalsePositive", "u1 06", "TruePositive"));

    JsonNode tuned = tuned("role_given", from);

    assertThat(tuned.path("proposals")).isEmpty();
    assertThat(tuned.path("left")).hasSize(1);
  }

  @Test
  void cutsTheHeadingOfAFilterWithManyValues() throws IOException {
    file("rules/role_given.yml", RULE);
    StringBuilder capture = new StringBuilder();
    Map<String, String> closings = new TreeMap<>();
    for (int user = 10; user < 40; user++) {
      String id = "user-" + user;
      capture.append(
          BY_USER.formatted(5, user, "Add member to role", "192.0.2." + user, id, id, id));
      closings.put(id + " 05", "FalsePositive");
    }
    capture.append(BY_USER.formatted(5, 1, "Add member to role", "192.0.2.1", "t", "t", "t"));
    closings.put("t 05", "TruePositive");
    file("capture.jsonl", capture.toString());
    Path from = closed(found("role_given"), closings);

    String text = tune("role_given", from).out().replaceAll("\\s+", " ");

    assertThat(text).contains("Removes 30 of the 30");
    int heading = text.indexOf("FILTER 1:");
    assertThat(text.indexOf("Removes") - heading).isBetween(100, 250);
  }

  @Test
  void says_whatElseAFilterRemoves() throws IOException {
    file("rules/role_given.yml", RULE);
    StringBuilder capture = new StringBuilder();
    for (int day = 5; day < 8; day++) {
      capture.append(
          BY_USER.formatted(day, 1, "Add member to role", "203.0.113.7", "u" + day, "u1", "ada"));
    }
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> found = found("role_given");

    JsonNode tuned = tuned("role_given", closed(found, Map.of("u1 05", "FalsePositive")));

    assertThat(tuned.path("proposals")).hasSize(1);
    assertThat(tuned.path("proposals").get(0).path("removes")).hasSize(1);
    assertThat(tuned.path("proposals").get(0).path("alsoRemoves")).hasSize(2);
  }

  @Test
  void tunesACorrelation_byAFilterOfItsRule() throws IOException {
    file("rules/many_deletions.yml", CORRELATION);
    StringBuilder capture = new StringBuilder();
    for (int minute = 1; minute < 4; minute++) {
      capture.append(
          BY_APP.formatted(
              5, minute, "Delete user", "198.51.100.1", "x" + minute, "Cleaner", "sp1"));
      capture.append(
          BY_USER.formatted(5, minute, "Delete user", "203.0.113.7", "y" + minute, "u1", "ada"));
    }
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> found = found("many_deletions");
    assertThat(found.keySet()).containsExactly("198.51.100.1 05", "203.0.113.7 05");

    JsonNode tuned =
        tuned(
            "many_deletions",
            closed(
                found,
                Map.of("198.51.100.1 05", "FalsePositive", "203.0.113.7 05", "TruePositive")));

    assertThat(tuned.path("proposals")).hasSize(1);
    assertThat(tuned.path("proposals").get(0).path("compares").asText()).contains("cleaner");
    assertThat(tuned.path("proposals").get(0).path("lines").toString()).contains("deletion");
  }

  @Test
  void refusesAFilter_thatHidesATrueFindingOfAnotherRule() throws IOException {
    file(
        "rules/deletions.yml",
        CORRELATION
            .replace("timespan: 1h", "timespan: 1h\n    generate: true")
            .replace("name: deletion", "name: deletion\nid: 11111111-0000-0000-0000-000000000003"));
    StringBuilder capture = new StringBuilder();
    for (int minute = 1; minute < 4; minute++) {
      capture.append(
          BY_USER.formatted(5, minute, "Delete user", "203.0.113.7", "y" + minute, "u1", "ada"));
    }
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> single = found("deletions");
    Map<String, ObjectNode> many = found("deletions/many_deletions");
    ObjectNode ofUser =
        Objects.requireNonNull(single.get("u1 05")).put("classification", "FalsePositive");
    ObjectNode ofGroup =
        Objects.requireNonNull(many.get("203.0.113.7 05")).put("classification", "TruePositive");
    Path from = file("closed.jsonl", ofUser + "\n" + ofGroup + "\n");

    JsonNode tuned = tuned("deletions", from);

    assertThat(tuned.path("proposals")).isEmpty();
    assertThat(tuned.path("unknown")).isEmpty();
    assertThat(tuned.path("left").get(0).asText()).isEqualTo(ofUser.path("id").asText());
    assertThat(tuned.path("refused").get(0).path("hides").get(0).asText())
        .isEqualTo(ofGroup.path("id").asText());
  }

  @Test
  void proposesAnException_forARuleOfCode() throws IOException {
    List<String> capture = new ArrayList<>();
    for (String name : List.of("networks.csv", "partners.yaml")) {
      fromDemo(name);
    }
    for (String name : DemoCommand.CAPTURE) {
      capture.add(fromDemo(name).toString());
    }
    Path config = file("lockstep.yaml", "networks: networks.csv\npartners: partners.yaml\n");
    Path out = folder.resolve("found.jsonl");
    List<String> replay =
        new ArrayList<>(
            List.of(
                "replay", "--quiet", "--config", config.toString(), "--output", out.toString()));
    replay.addAll(capture);
    assertThat(Ran.run(replay.toArray(String[]::new)).code()).isEqualTo(ExitCode.DONE);
    List<JsonNode> travel = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      JsonNode node = JSON.readTree(line);
      if (node.path("rule").asText().equals("impossible-travel") && !node.has("defenderAlerts")) {
        travel.add(node);
      }
    }
    String falseId = travel.get(0).path("id").asText();
    Path from =
        file(
            "closed.csv",
            "DetectionId,Classification\n" + falseId + ",FalsePositive\nnone,TruePositive\n");
    List<String> tune =
        new ArrayList<>(
            List.of("rules", "tune", "impossible-travel", "--quiet", "--json", "--config"));
    tune.addAll(List.of(config.toString(), "--from", from.toString()));
    tune.addAll(capture);

    Ran ran = Ran.run(tune.toArray(String[]::new));

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    JsonNode tuned = JSON.readTree(ran.out());
    assertThat(tuned.path("kind").asText()).isEqualTo("exception");
    assertThat(tuned.path("unknown").get(0).asText()).isEqualTo("none");
    assertThat(tuned.path("proposals")).hasSize(1);
    assertThat(tuned.path("proposals").get(0).path("removes").get(0).asText()).isEqualTo(falseId);
    assertThat(tuned.path("proposals").get(0).path("lines").toString())
        .contains("rule: impossible-travel", "principal: ");
  }

  @Test
  void says_howManyExceptionsWereNotTried() throws IOException {
    file(
        "networks.csv",
        """
        cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
        192.0.2.0/24,residential,GB,London,51.5,-0.1,5,64500,Office
        198.51.100.0/24,residential,JP,Tokyo,35.7,139.7,5,64501,Hotel
        """);
    Path config =
        file(
            "lockstep.yaml",
            "networks: networks.csv\nrules: {impossible-travel@fast: {maxSpeedKmh: 1000}}\n");
    StringBuilder capture = new StringBuilder();
    for (int user = 10; user < 24; user++) {
      capture.append(SIGN_IN.formatted(9, "a" + user, user, "192.0.2.1"));
      capture.append(SIGN_IN.formatted(10, "b" + user, user, "198.51.100.1"));
    }
    Path logs = file("capture.jsonl", capture.toString());
    Path out = folder.resolve("found.jsonl");
    String configured = config.toString();
    Ran.run(
        "replay", "--quiet", "--config", configured, "--output", out.toString(), logs.toString());
    StringBuilder lines = new StringBuilder();
    for (String line : Files.readAllLines(out)) {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      if (node.path("rule").asText().equals("impossible-travel")) {
        lines.append(node.put("classification", "FalsePositive")).append('\n');
      }
    }
    Path from = file("closed.jsonl", lines.toString());

    JsonNode tuned = tuned("impossible-travel", from);
    String text = tune("impossible-travel", from).out();

    assertThat(tuned.path("closedFalse")).hasSize(14);
    assertThat(tuned.path("proposals")).hasSize(12);
    assertThat(tuned.path("proposals").get(0).path("alsoRemoves"))
        .as("those of the candidate")
        .isEmpty();
    assertThat(tuned.path("untried").asInt()).isEqualTo(2);
    assertThat(tuned.path("left")).hasSize(2);
    assertThat(text)
        .contains(
            "2 more exceptions were not tried", "LEFT: findings that no proposed exception removes")
        .doesNotContain("closed as true\n");
  }

  /** Travels of two people, whose findings are all closed as false. */
  private Path closedTravels(String configuration) throws IOException {
    file(
        "networks.csv",
        """
        cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
        192.0.2.0/24,residential,GB,London,51.5,-0.1,5,64500,Office
        198.51.100.0/24,residential,JP,Tokyo,35.7,139.7,5,64501,Hotel
        """);
    Path config = file("lockstep.yaml", "networks: networks.csv\n");
    StringBuilder capture = new StringBuilder();
    for (int user = 10; user < 12; user++) {
      capture.append(SIGN_IN.formatted(9, "a" + user, user, "192.0.2.1"));
      capture.append(SIGN_IN.formatted(10, "b" + user, user, "198.51.100.1"));
    }
    Path logs = file("capture.jsonl", capture.toString());
    Path out = folder.resolve("found.jsonl");
    Ran.run(
        "replay",
        "--quiet",
        "--config",
        config.toString(),
        "--output",
        out.toString(),
        logs.toString());
    StringBuilder lines = new StringBuilder();
    for (String line : Files.readAllLines(out)) {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      if (node.path("rule").asText().equals("impossible-travel")) {
        lines.append(node.put("classification", "FalsePositive")).append('\n');
      }
    }
    Files.writeString(config, configuration);
    return file("closed.jsonl", lines.toString());
  }

  private static List<String> lines(JsonNode proposal) {
    List<String> lines = new ArrayList<>();
    proposal.path("lines").forEach(line -> lines.add(line.asText()));
    return lines;
  }

  private static String id(JsonNode proposal) {
    return lines(proposal).get(0).substring("id: ".length());
  }

  /**
   * Proposed exceptions can be added to the exceptions that exist, of which one has the id of the
   * first proposal and one is about the findings of the second. Both have expired.
   */
  @Test
  void proposesExceptions_thatTheConfigurationTakesBesideExpiredOnes() throws IOException {
    String configuration = "networks: networks.csv\nexceptions: exceptions.yaml\n";
    Path from = closedTravels(configuration);
    file("exceptions.yaml", "exceptions: []\n");
    JsonNode before = tuned("impossible-travel", from).path("proposals");
    String taken = id(before.get(0));
    String other =
        "\n  - "
            + String.join("\n    ", lines(before.get(1)))
                .replaceAll("expires: .*", "expires: 2025-01-01");
    String expired =
        "exceptions:\n  - {id: %s, rule: impossible-travel, principal: somebody-else, reason: r, owner: o, expires: 2025-01-01}"
            .formatted(taken);
    file("exceptions.yaml", expired + other + "\n");

    List<String> options = List.of("rules", "tune", "--quiet", "--json", "impossible-travel");
    for (boolean isOfFile : List.of(false, true)) {
      List<String> words = new ArrayList<>(options);
      words.addAll(List.of("--config", folder.resolve("lockstep.yaml").toString()));
      words.addAll(List.of("--from", from.toString()));
      if (!isOfFile) {
        words.add(folder.resolve("capture.jsonl").toString());
      }
      Ran ran = Ran.run(words.toArray(String[]::new));
      assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
      JsonNode proposals = JSON.readTree(ran.out()).path("proposals");
      assertThat(proposals).hasSize(2);
      assertThat(id(proposals.get(0))).isEqualTo(taken + "-2");
      assertThat(proposals.get(0).has("replaces")).isFalse();
      assertThat(id(proposals.get(1))).isEqualTo(id(before.get(1)) + "-2");
      assertThat(proposals.get(1).path("replaces").asText()).isEqualTo(id(before.get(1)));

      StringBuilder added = new StringBuilder(expired);
      proposals.forEach(each -> added.append("\n  - ").append(String.join("\n    ", lines(each))));
      file("exceptions.yaml", added.append('\n').toString());
      Path capture = folder.resolve("capture.jsonl");
      Path config = folder.resolve("lockstep.yaml");
      Ran replay = Ran.run("replay", "--quiet", "--config", config.toString(), capture.toString());
      assertThat(replay.code()).as(replay.err()).isEqualTo(ExitCode.DONE);
      file("exceptions.yaml", expired + other + "\n");
    }
    assertThat(tune("impossible-travel", from).out().replaceAll("\\s+", " "))
        .contains(
            "Remove the exception %s, which is about the same findings and whose expiry is 2025-01-01T00:00:00Z: the configuration refuses two exceptions about the same findings."
                .formatted(id(before.get(1))));
  }

  private Ran tuneWithoutLogs(String rule, String from, String... options) {
    List<String> words = new ArrayList<>(List.of("rules", "tune", "--quiet", "--config"));
    words.addAll(List.of(folder.resolve("lockstep.yaml").toString(), "--from", from));
    words.addAll(List.of(options));
    words.add(rule);
    return Ran.run(words.toArray(String[]::new));
  }

  @Test
  void saysThatARuleOfCodeIsOff_orAsleep() throws IOException {
    String off = "networks: networks.csv\nrules:\n  impossible-travel: {enabled: false}\n";
    Path from = closedTravels(off);

    Ran ran = tune("impossible-travel", from);

    assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err())
        .contains(
            "could not tune the rule \"impossible-travel\": it is off, because its key \"enabled\" is false in %s:3, so a replay has no finding of it; set \"enabled: true\" for the rule"
                .formatted(folder.resolve("lockstep.yaml")));
    Ran ofFile = tuneWithoutLogs("impossible-travel", from.toString());
    assertThat(ofFile.out()).as(ofFile.err()).contains("EXCEPTION 1");

    Path drifts = file("drifts.csv", "DetectionId,Classification\na,FalsePositive\n");
    Ran asleep = tune("partner-ip-drift", drifts);
    assertThat(asleep.code()).isEqualTo(ExitCode.FAILED);
    assertThat(asleep.err())
        .contains("it is asleep: no partners file, so a replay has no finding of it; add what is");
  }

  @Test
  void saysThatStandardInputCanBeReadOnlyOnce() throws Exception {
    Path from = closedTravels("networks: networks.csv\n");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (String name : List.of("-", pipe.toString())) {
      Ran ran = tuneWithoutLogs("impossible-travel", name);
      assertThat(ran.code()).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(ran.err())
          .contains(
              "could not use --from: without a PATH, the file is read several times, so it cannot be standard input or a pipe; name a file, or give as PATH the captured logs in which");
    }
    Ran both = Ran.run("rules", "tune", "impossible-travel", "-", "--from", "-");
    assertThat(both.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(both.err()).contains("only one of --from and PATH can be standard input");

    InputStream before = System.in;
    try (InputStream in = Files.newInputStream(from)) {
      System.setIn(in);
      Ran ran = tune("impossible-travel", Path.of("-"));
      assertThat(ran.out()).as(ran.err()).contains("EXCEPTION 2");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void readsCellsWithLineBreaks_ofClosedFindings() throws IOException {
    Path found = closedTravels("networks: networks.csv\n");
    List<String> ids = new ArrayList<>();
    for (String line : Files.readAllLines(found)) {
      ids.add(JSON.readTree(line).path("id").asText());
    }
    String rows =
        "\ufeffTitle,DetectionId,Comment,Classification\r\n"
            + "a,%s,\"first line\r\nsecond, \"\"line\"\"\r\n\r\n\",FalsePositive\r\n\r\n"
            + "b,%s,\"x\ny\",FalsePositive";
    Path csv = file("closed.csv", rows.formatted(ids.get(0), ids.get(1)));

    JsonNode tuned = tuned("impossible-travel", csv);

    assertThat(tuned.path("closedFalse")).hasSize(2);
    file("closed.csv", rows.formatted(ids.get(0), ids.get(1)).replace("y\"", "y"));
    Ran open = tune("impossible-travel", csv);
    assertThat(open.code()).isEqualTo(ExitCode.FAILED);
    assertThat(open.err())
        .contains(
            "closed.csv:3: this line or a later one is not CSV, for example because a quote is not closed; name");
    file("closed.csv", rows.formatted(ids.get(0), ids.get(1)) + "\r\nc,d,e,FalsePositve");
    assertThat(tune("impossible-travel", csv).err()).contains("closed.csv:9: ", "FalsePositve");
  }

  private Path fromDemo(String name) throws IOException {
    Path copy = folder.resolve(name);
    if (!Files.exists(copy)) {
      try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
        Files.copy(Objects.requireNonNull(in, name), copy);
      }
    }
    return copy;
  }

  @Test
  void doesWithTheFileAlone_byWhatItsFindingsShow() throws IOException {
    file("rules/role_given.yml", RULE);
    StringBuilder capture = new StringBuilder();
    for (int day = 5; day < 8; day++) {
      capture.append(
          BY_USER.formatted(
              day, 1, "Add member to role", "203.0.113.7", "u" + day, "u" + day % 2, "ada"));
    }
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> found = found("role_given");
    assertThat(found.keySet()).containsExactly("u0 06", "u1 05", "u1 07");
    Path from = closed(found, Map.of("u1 05", "FalsePositive", "u0 06", "TruePositive"));

    Ran ran =
        Ran.run(
            "rules",
            "tune",
            "role_given",
            "--json",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--from",
            from.toString());

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    JsonNode tuned = JSON.readTree(ran.out());
    assertThat(tuned.path("exact").asBoolean()).isFalse();
    assertThat(tuned.path("proposals").get(0).path("compares").asText())
        .isEqualTo("lockstep.principal.id: u1");
    Path csv = file("closed.csv", "DetectionId,Classification\na,FalsePositive\n");
    Ran none =
        Ran.run(
            "rules",
            "tune",
            "role_given",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--from",
            csv.toString());
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(none.err())
        .contains(
            "not every line of the file is a complete detection; give as PATH the captured logs",
            "closed.csv:1: the line is not a complete detection");
  }

  @Test
  void saysOfARetractedFinding_withTheFileAlone_thatItWasNotCompared() throws IOException {
    file("rules/role_given.yml", RULE);
    StringBuilder capture = new StringBuilder();
    for (int day = 5; day < 7; day++) {
      capture.append(
          BY_USER.formatted(
              day, 1, "Add member to role", "203.0.113.7", "u" + day, "u" + day, "ada"));
    }
    file("capture.jsonl", capture.toString());
    Map<String, ObjectNode> found = found("role_given");
    Objects.requireNonNull(found.get("u6 06")).put("reason", "withdrawn");
    Path from = closed(found, Map.of("u5 05", "FalsePositive", "u6 06", "FalsePositive"));

    Ran ran =
        Ran.run(
            "rules",
            "tune",
            "role_given",
            "--config",
            folder.resolve("lockstep.yaml").toString(),
            "--from",
            from.toString());

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out().replace('\n', ' '))
        .contains("1 finding of that file was retracted, and could not be compared: ")
        .doesNotContain("replayed logs");
  }

  @Test
  void refusesAFileWithoutAFindingClosedAsFalse() throws IOException {
    file("rules/role_given.yml", RULE);
    file("lockstep.yaml", "rules: {directories: [rules]}\n");
    Path from = file("closed.csv", "DetectionId,Classification\na,TruePositive\n");

    Ran ran = tune("role_given", from);
    Ran unknown = tune("role_givn", from);

    assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("could not tune the rule \"role_given\"", "FalsePositive");
    assertThat(unknown.err())
        .contains("the nearest is \"role_given\"")
        .contains("add the folder of the rule to rules.directories");
    assertThat(tune("brute-force", from).err())
        .contains("no rule with the id \"brute-force\"; correct the id, or add the folder");
  }

  @Test
  void refusesALineWithASecondFinding_whichItWouldPassOver() throws IOException {
    file("rules/role_given.yml", RULE);
    file("lockstep.yaml", "rules: {directories: [rules]}\n");
    String closed = "{\"id\":\"%s\",\"classification\":\"FalsePositive\"}";
    Path from = file("closed.jsonl", closed.formatted("a") + closed.formatted("b") + "\n");

    Ran ran = tune("role_given", from);

    assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("closed.jsonl:1: the line has text after its JSON object");
  }

  /** The name of a secret in front of a colon made a mask hide the next word. */
  @ParameterizedTest
  @ValueSource(strings = {"tune", "promote"})
  void printsItsWholeMessage_ofARuleThatIsNamedLikeASecret(String command) throws IOException {
    file("lockstep.yaml", "rules: {directories: [rules]}\n");
    file("rules/role_given.yml", RULE);

    Ran ran = from(command, "added_secret", "found.jsonl");

    assertThat(ran.err())
        .contains("the configuration has no rule with the id \"added_secret\"; correct the id")
        .doesNotContain("(hidden)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tune", "promote"})
  void saysThatATimeIsNoFile(String command) throws IOException {
    file("lockstep.yaml", "rules: {directories: [rules]}\n");
    file("rules/role_given.yml", RULE);

    Ran ran = from(command, "role_given", "2026-01-05");

    assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err())
        .contains("\"2026-01-05\" is a time, and no file has this name; name a complete file");
  }

  private Ran from(String command, String rule, String from) {
    String config = folder.resolve("lockstep.yaml").toString();
    return Ran.run("rules", command, rule, "--config", config, "--from", from);
  }
}
