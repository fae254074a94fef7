package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Replays of the bundled capture under several configurations, compared. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayComparisonTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BASE = "networks: networks.csv\npartners: partners.yaml\n";

  private Path folder = Path.of("");

  private Path first = Path.of("");
  private Map<String, JsonNode> found = Map.of();

  @BeforeAll
  void replaysOnce(@TempDir Path made) throws IOException {
    folder = made;
    first = folder.resolve("first.jsonl");
    Ran ran = replay(BASE, "--output", first.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    found = byId(first);
    assertThat(found).hasSize(202);
  }

  private Ran replay(String config, String... options) throws IOException {
    return over("replay", config, options);
  }

  private Ran over(String command, String config, String... options) throws IOException {
    for (String name : List.of("networks.csv", "partners.yaml")) {
      fromDemo(name);
    }
    Files.writeString(folder.resolve("lockstep.yaml"), config);
    List<String> all = new ArrayList<>(List.of(command, "--quiet", "--config"));
    all.add(folder.resolve("lockstep.yaml").toString());
    all.addAll(List.of(options));
    for (String name : DemoCommand.CAPTURE) {
      all.add(fromDemo(name).toString());
    }
    return Ran.run(all.toArray(String[]::new));
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

  private static Map<String, JsonNode> byId(Path file) throws IOException {
    Map<String, JsonNode> all = new TreeMap<>();
    for (String line : Files.readAllLines(file, UTF_8)) {
      JsonNode one = JSON.readTree(line);
      all.put(one.path("id").textValue(), one);
    }
    return all;
  }

  /** Returns what differs of two outputs, by the simplest way. */
  private static Map<String, String> differences(
      Map<String, JsonNode> before, Map<String, JsonNode> after) {
    Map<String, String> differences = new TreeMap<>();
    before.forEach(
        (id, one) -> {
          JsonNode other = after.get(id);
          if (other == null) {
            differences.put(id, "gone");
          } else if (!List.of("severity", "reason", "count", "shadow").stream()
              .allMatch(field -> one.path(field).equals(other.path(field)))) {
            differences.put(id, "changed");
          }
        });
    after.keySet().stream()
        .filter(id -> !before.containsKey(id))
        .forEach(id -> differences.put(id, "appeared"));
    return differences;
  }

  @Test
  void saysOfWhatIsGone_whichGateDecidesNow() throws IOException {
    JsonNode excepted =
        found.values().stream()
            .filter(one -> one.path("rule").textValue().equals("token-replay"))
            .filter(one -> one.path("principal").path("type").textValue().equals("user"))
            .filter(one -> !one.has("defenderAlerts"))
            .findFirst()
            .orElseThrow();
    Files.writeString(
        folder.resolve("exceptions.yaml"),
        """
        exceptions:
          - id: known
            rule: token-replay
            principal: %s
            reason: a test
            owner: soc
            expires: 2027-11-30
        """
            .formatted(excepted.path("principal").path("id").textValue()));
    Path second = folder.resolve("second.jsonl");
    Ran ran =
        replay(
            BASE
                + """
                exceptions: exceptions.yaml
                rules:
                  impossible-travel: {minDistanceKm: 1200}
                  partner-ip-drift: {enabled: false}
                """,
            "--json",
            "--output",
            second.toString(),
            "--exit-code",
            "--compare-to",
            first.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DIFFERS);
    JsonNode summary = JSON.readTree(ran.out());
    assertThat(summary.path("detections").intValue()).isEqualTo(byId(second).size());
    Map<String, JsonNode> differences = new TreeMap<>();
    summary
        .path("comparison")
        .path("differences")
        .forEach(one -> differences.put(one.path("id").textValue(), one));
    Map<String, String> kinds = new TreeMap<>();
    differences.forEach((id, one) -> kinds.put(id, one.path("change").textValue()));
    assertThat(kinds).isEqualTo(differences(found, byId(second)));
    int tooNear = 0;
    for (JsonNode one : differences.values()) {
      JsonNode now = one.path("now");
      String rule = one.path("rule").textValue();
      if (!one.path("change").textValue().equals("gone")) {
        assertThat(now.isMissingNode()).isTrue();
      } else if (rule.equals("partner-ip-drift")) {
        assertThat(now.path("text").textValue()).isEqualTo("the rule is off");
      } else if (rule.equals("impossible-travel")) {
        tooNear++;
        assertThat(now.path("outcome").textValue()).isEqualTo("passed");
        assertThat(now.path("by").toString()).isEqualTo("[\"distance\"]");
        JsonNode numbers =
            now.path("gates")
                .valueStream()
                .filter(gate -> gate.path("gate").textValue().equals("distance"))
                .findFirst()
                .orElseThrow()
                .path("numbers");
        assertThat(numbers.path("limitKm").intValue()).isEqualTo(1200);
        assertThat(numbers.path("effectiveKm").doubleValue()).isBetween(400.0, 1200.0);
      } else {
        assertThat(rule).isEqualTo("token-replay");
        assertThat(now.path("outcome").textValue()).isEqualTo("withdrawn");
        assertThat(now.path("text").textValue()).contains("known", "a test", "soc");
      }
    }
    assertThat(tooNear).isPositive();
    assertThat(differences).containsKey(excepted.path("id").textValue());
    Ran diff = Ran.run("diff", "--json", first.toString(), second.toString());
    Map<String, String> same = new TreeMap<>();
    JSON.readTree(diff.out())
        .path("differences")
        .forEach(one -> same.put(one.path("id").textValue(), one.path("change").textValue()));
    assertThat(same).isEqualTo(kinds);
  }

  @Test
  void saysOfAnotherNetworksFile_whatItSuppresses() throws IOException {
    Files.writeString(
        folder.resolve("office.csv"),
        """
        cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
        198.18.0.0/15,corporate,,,,,,,
        """);
    Ran ran =
        replay(
            BASE.replace("networks.csv", "[office.csv, networks.csv]"),
            "--json",
            "--rule",
            "impossible-travel",
            "--compare-to",
            first.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    JsonNode comparison = JSON.readTree(ran.out()).path("comparison");
    assertThat(comparison.path("byRule").size()).isEqualTo(1);
    List<String> gates = new ArrayList<>();
    comparison
        .path("differences")
        .forEach(
            one -> {
              if (one.path("change").textValue().equals("gone")) {
                gates.add(one.path("now").path("text").textValue());
              }
            });
    assertThat(gates)
        .isNotEmpty()
        .allSatisfy(text -> assertThat(text).startsWith("suppressed by "))
        .anySatisfy(text -> assertThat(text).contains("corporate-egress"));
  }

  @Test
  void saysOfWhatLiesOutsideOfTheTimes_thatNoneOfItWasRead_andOfTheSameThatNothingDiffers()
      throws IOException {
    Ran nothing = replay(BASE, "--exit-code", "--compare-to", first.toString());
    assertThat(nothing.code()).isEqualTo(ExitCode.DONE);
    assertThat(nothing.out().replaceAll("\\s+", " "))
        .contains("first.jsonl has 202", "The findings do not differ.");
    Ran later = replay(BASE, "--from", "2026-11-25T00:00:00Z", "--compare-to", first.toString());
    assertThat(later.code()).isEqualTo(ExitCode.DONE);
    assertThat(later.out().replaceAll("\\s+", " ")).contains("this replay has 0 findings.");
    assertThat(
            later
                .out()
                .lines()
                .filter(line -> line.contains("now: none of the finding's events was read")))
        .hasSize(202);
  }

  @Test
  void writesAndPrintsOnlyWhatIsAskedFor_andFailsOnALevel() throws IOException {
    Path some = folder.resolve("some.jsonl");
    Ran ran =
        replay(
            BASE,
            "--json",
            "--rule",
            "token-replay,impossible-travel",
            "--severity",
            "low,MEDIUM",
            "--fail-on",
            "High",
            "--output",
            some.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(byId(some).keySet())
        .isEqualTo(
            byId(first).entrySet().stream()
                .filter(one -> !one.getValue().path("severity").textValue().equals("High"))
                .filter(
                    one ->
                        List.of("token-replay", "impossible-travel")
                            .contains(one.getValue().path("rule").textValue()))
                .collect(
                    java.util.stream.Collectors.toMap(
                        Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new))
                .keySet());
    assertThat(JSON.readTree(ran.out()).path("detections").intValue()).isEqualTo(byId(some).size());
    String from = "2026-11-17T00:00:00Z";
    assertThat(replay(BASE, "--fail-on", "medium", "--rule", "token-replay", "--from", from).code())
        .isEqualTo(ExitCode.FOUND);
    assertThat(
            replay(
                    BASE + "rules: {token-replay: {shadow: true}}\n",
                    "--fail-on",
                    "low",
                    "--rule",
                    "token-replay",
                    "--from",
                    from)
                .code())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void refusesOptionsThatContradictEachOther_andAFileThatIsNone_beforeItReads() throws IOException {
    assertThat(replay(BASE, "--exit-code").code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(replay(BASE, "--compare-to", "-").code()).isEqualTo(ExitCode.WRONG_USAGE);
    Ran unknown = replay(BASE, "--rule", "token-repaly");
    assertThat(unknown.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(unknown.err()).contains("did you mean the rule token-replay?");
    Ran half =
        replay(
            BASE,
            "--compare-to",
            Files.writeString(folder.resolve("half"), "{\"id\":\"a").toString());
    assertThat(half.code()).isEqualTo(ExitCode.FAILED);
    assertThat(half.err().lines())
        .singleElement()
        .asString()
        .contains("half:1: the line is cut off; name a complete file");
  }

  @Test
  void explainsAFindingByTheBeginningOfItsId_alsoOneThatOnlyTheFileHas() throws IOException {
    JsonNode near =
        found.values().stream()
            .filter(one -> one.path("rule").textValue().equals("impossible-travel"))
            .filter(one -> one.path("title").textValue().endsWith("Munich, DE"))
            .findFirst()
            .orElseThrow();
    String id = near.path("id").textValue();
    Ran stands = over("explain", BASE, "--json", "--detection", id.substring(0, 12));
    assertThat(stands.code()).as(stands.err()).isEqualTo(ExitCode.DONE);
    JsonNode explained = JSON.readTree(stands.out());
    assertThat(explained.path("detection").textValue()).isEqualTo(id);
    assertThat(explained.path("id")).isEqualTo(near.path("principal").path("id"));
    assertThat(explained.path("at").textValue())
        .isEqualTo(near.path("endTime").textValue().substring(0, 10));
    assertThat(explained.path("findings").findValuesAsText("id")).contains(id);
    String higher = BASE + "rules: {impossible-travel: {minDistanceKm: 800}}\n";
    Ran gone =
        over("explain", higher, "--json", "--detection", id, "--detections", first.toString());
    assertThat(gone.code()).as(gone.err()).isEqualTo(ExitCode.DONE);
    JsonNode now = JSON.readTree(gone.out());
    assertThat(now.path("id")).isEqualTo(near.path("principal").path("id"));
    assertThat(now.path("findings").findValuesAsText("id")).doesNotContain(id);
    assertThat(now.path("judged").findValuesAsText("outcome")).contains("passed");
    JsonNode member =
        found.values().stream().filter(one -> one.has("correlationId")).findFirst().orElseThrow();
    String incident = member.path("correlationId").textValue();
    String saying = "is the id of an incident, not of a finding; give --incident " + incident;
    Ran group = over("explain", BASE, "--detection", incident.substring(0, 8));
    assertThat(group.err()).contains(saying, member.path("id").textValue());
    Ran inFile = over("explain", BASE, "--detection", incident, "--detections", first.toString());
    assertThat(inFile.err()).contains(saying, member.path("id").textValue());
    Ran unknown =
        Ran.run("explain", "--quiet", "--detection", "abcdefab0", fromDemo("audit.jsonl.gz") + "");
    assertThat(unknown.code()).isEqualTo(ExitCode.FAILED);
    assertThat(unknown.err().lines())
        .singleElement()
        .asString()
        .contains(
            "could not explain --detection: \"abcdefab0\" is not among the findings of a replay of"
                + " the",
            "--detections");
  }

  @Test
  void comparesRedactedFindings_underTheSameKey_andNamesNobody() throws IOException {
    String key = Files.writeString(folder.resolve("key"), "a key of 16 chars or more").toString();
    Path redacted = folder.resolve("redacted.jsonl");
    replay(BASE, "--redact", "--redact-key", key, "--output", redacted.toString());
    Ran ran =
        replay(
            BASE + "rules: {impossible-travel: {minDistanceKm: 800}}\n",
            "--redact",
            "--redact-key",
            key,
            "--compare-to",
            redacted.toString());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.out().lines().filter(line -> line.contains("now: not near, by distance")))
        .hasSize(5);
    assertThat(ran.out()).doesNotContain("northwindtraders.example");
  }
}
