package dev.lockstep.app.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The bundled capture, replayed, gives what its cases expect and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BundledCaptureReplayTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path folder = Path.of(".");

  private CaptureFolder capture = new CaptureFolder(Path.of("."));
  private JsonNode expected = JSON.nullNode();
  private List<String> lines = List.of();
  private List<JsonNode> found = List.of();
  private Map<String, Map<String, Long>> gates = Map.of();
  private Map<String, Map<String, Long>> coverage = Map.of();
  private Map<String, Long> counters = Map.of();
  private Map<String, Long> raised = Map.of();
  private IngestCounts counts = new IngestCounts();

  @BeforeAll
  void replay(@TempDir Path temporary) throws IOException {
    folder = temporary;
    capture = CaptureFolder.bundled().capture();
    expected = capture.expected();
    Replay.Result result = CaptureFolder.bundled().result();
    lines = lines(result);
    found = lines.stream().map(BundledCaptureReplayTest::parsed).toList();
    gates = result.counters().gates();
    coverage = result.counters().coverage();
    counts = result.counts();
    counters = new HashMap<>();
    gates.values().forEach(byName -> byName.forEach((k, v) -> counters.merge(k, v, Long::sum)));
    counters.put("late", result.counters().lateEvents());
    counters.put("repeated", result.counters().repeatedEvents());
    raised = new HashMap<>();
    for (JsonNode item : found) {
      for (JsonNode gate : item.path("gates")) {
        if (gate.path("verdict").asText().equals("raised")) {
          raised.merge(item.get("rule").asText() + " " + gate.get("gate").asText(), 1L, Long::sum);
        }
      }
    }
  }

  @Test
  void givesEveryDetectionThatIsExpected_andNoOther() {
    List<String> expectations = new ArrayList<>();
    for (JsonNode item : expected.get("detections")) {
      expectations.add(
          String.join(
              " ",
              item.get("rule").asText(),
              item.get("reason").asText(),
              item.get("severity").asText(),
              item.get("count").asText(),
              day(item),
              item.has("partner")
                  ? item.get("partner").asText() + " from " + item.get("ip").asText()
                  : item.has("principal")
                      ? item.get("principal").asText() + " " + item.get("principalType").asText()
                      : item.get("ip").asText(),
              item.path("coldStart").asBoolean() ? "cold" : "",
              alerts(item)));
    }
    List<String> detections = new ArrayList<>();
    for (JsonNode item : found) {
      boolean ofPartner = item.has("partner");
      detections.add(
          String.join(
              " ",
              item.get("rule").asText(),
              item.get("reason").asText(),
              item.get("severity").asText(),
              item.get("count").asText(),
              day(item),
              ofPartner
                  ? item.at("/partner/id").asText() + " from " + item.get("ip").asText()
                  : item.has("principal")
                      ? item.at("/principal/id").asText()
                          + " "
                          + item.at("/principal/type").asText()
                      : item.get("ip").asText(),
              item.path("coldStart").asBoolean() ? "cold" : "",
              alerts(item)));
    }
    assertThat(detections).containsExactlyInAnyOrderElementsOf(expectations);
  }

  /** The alerts that a finding carries: as objects in a detection, as ids in an expectation. */
  private static String alerts(JsonNode item) {
    Set<String> ids = new TreeSet<>();
    for (JsonNode alert : item.path("defenderAlerts")) {
      ids.add(alert.isTextual() ? alert.asText() : alert.get("id").asText());
    }
    return String.join(",", ids);
  }

  @Test
  void namesTheTokenThatWasReplayed() {
    Map<String, String> byFinding = new HashMap<>();
    for (JsonNode item : found) {
      byFinding.put(finding(item, item.at("/principal/id").asText()), item.toString());
    }
    for (JsonNode item : expected.get("detections")) {
      if (item.has("token")) {
        assertThat(byFinding.get(finding(item, item.get("principal").asText())))
            .as(item.get("case").asText())
            .contains(item.get("token").asText());
      }
    }
  }

  private static String finding(JsonNode item, String principal) {
    return item.get("rule").asText() + " " + day(item) + " " + principal;
  }

  @Test
  void staysQuietWhereItShould_andCountsTheGateThatDecided() {
    Map<String, Map<String, Integer>> least = new TreeMap<>();
    for (JsonNode quiet : expected.get("quiet")) {
      String rule = quiet.get("rule").asText();
      assertThat(found)
          .as(quiet.get("case").asText())
          .noneMatch(
              item ->
                  item.get("rule").asText().equals(rule)
                      && (quiet.has("partner")
                          ? item.at("/partner/id").equals(quiet.get("partner"))
                              && day(item).equals(quiet.get("day").asText())
                              && item.toString().contains(quiet.get("ip").toString())
                          : quiet.has("principal")
                              ? item.at("/principal/id").equals(quiet.get("principal"))
                              : !item.has("principal") && item.path("ip").equals(quiet.get("ip"))));
      if (!quiet.get("gate").isNull()) {
        least
            .computeIfAbsent(rule, any -> new TreeMap<>())
            .merge(quiet.get("gate").asText(), 1, Integer::sum);
      }
    }
    least.forEach(
        (rule, byGate) ->
            byGate.forEach(
                (gate, number) ->
                    assertThat(gates.getOrDefault(rule, Map.of()).getOrDefault(gate, 0L))
                        .as("%s %s", rule, gate)
                        .isGreaterThanOrEqualTo(number)));
  }

  @Test
  void countsAtLeastWhatTheCasesAdd() {
    expected
        .get("counters")
        .properties()
        .forEach(
            rule ->
                rule.getValue()
                    .properties()
                    .forEach(
                        counter -> {
                          Map<String, Long> counted =
                              rule.getKey().equals("any")
                                  ? counters
                                  : gates.getOrDefault(rule.getKey(), Map.of());
                          String name = rule.getKey() + " " + counter.getKey();
                          assertThat(
                                  counted.getOrDefault(counter.getKey(), 0L)
                                      + raised.getOrDefault(name, 0L))
                              .as(name)
                              .isGreaterThanOrEqualTo(counter.getValue().asLong());
                        }));
  }

  @Test
  void saysOfEachRuleWhatItCouldSee_byCountersOfItsPage() throws IOException {
    for (Rule rule : BuiltInRules.all()) {
      String id = rule.info().id();
      String page = Files.readString(Path.of("../docs/rules", id + ".md"));
      assertThat(coverage.getOrDefault(id, Map.of()).keySet())
          .as("counters of %s, by facts.counted, which its page names", id)
          .isNotEmpty()
          .filteredOn(name -> !name.equals("slowJudgements"))
          .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }
  }

  @Test
  void losesNoRecord() {
    JsonNode exactly = expected.get("exactly");
    IngestCounts.Totals total = counts.total();

    assertThat(total.read()).isEqualTo(exactly.get("recordsRead").asLong());
    assertThat(total.rejected()).isEqualTo(exactly.get("rejected").asLong());
    assertThat(total.quarantined()).isEqualTo(exactly.get("quarantined").asLong());
    assertThat(total.read())
        .isEqualTo(total.mapped() + total.ignored() + total.rejected() + total.quarantined());
    exactly
        .get("byCategory")
        .properties()
        .forEach(
            category -> {
              IngestCounts.Totals totals = counts.byCategory().get(category.getKey());
              assertThat(totals == null ? 0 : totals.read())
                  .as(category.getKey())
                  .isEqualTo(category.getValue().asLong());
            });
  }

  @Test
  void isTheSameByteForByte_whateverTheOrderOfPathsAndTheThreads() throws IOException {
    List<String> paths = new ArrayList<>(capture.paths());
    Collections.reverse(paths);
    Collections.swap(paths, 0, 1);

    assertThat(lines(capture.replay(paths, 4))).isEqualTo(lines);
  }

  @Test
  void isTheSameButForFileAndLine_whenCompressedAnewOrPlain() throws IOException {
    List<String> mixed = new ArrayList<>();
    Files.createDirectories(folder.resolve("other"));
    for (String name : CaptureFolder.MESSAGES) {
      List<String> messages = messages(name);
      boolean plain = name.startsWith("gateway");
      Path file = folder.resolve("other").resolve("again-" + name + (plain ? ".txt" : ".gz"));
      mixed.add(write(file, messages, !plain).toString());
    }

    assertThat(withoutPlace(lines(capture.replay(mixed, 2)))).isEqualTo(withoutPlace(lines));
  }

  @Test
  void isTheSameButForFileAndLine_whenEveryMessageComesTwice() throws IOException {
    Files.createDirectories(folder.resolve("twice"));
    List<String> twice = new ArrayList<>();
    for (String name : CaptureFolder.MESSAGES) {
      List<String> doubled = new ArrayList<>();
      for (String message : messages(name)) {
        doubled.add(message);
        doubled.add(message);
      }
      twice.add(write(folder.resolve("twice").resolve(name), doubled, true).toString());
    }
    Replay.Result result = capture.replay(twice, 2);

    assertThat(withoutPlace(lines(result))).isEqualTo(withoutPlace(lines));
    assertThat(result.counts().total().read()).isEqualTo(2 * counts.total().read());
    assertThat(result.counters().repeatedEvents())
        .isEqualTo(repeated() + result.counts().total().mapped() / 2 - links());
  }

  /** The links that came by themselves: each is a half of a call, and no event of its own. */
  private long links() throws IOException {
    return messages("links.jsonl.gz").size();
  }

  private long repeated() {
    return counters.getOrDefault("repeated", 0L);
  }

  @Test
  void isTheSameButForFileLineAndRevision_whenCopiesComeLaterWithAFreshEnvelope()
      throws IOException {
    Files.createDirectories(folder.resolve("copies"));
    List<String> paths = new ArrayList<>(capture.paths());
    List<String> copies = new ArrayList<>();
    for (String message : messages("signins.jsonl.gz")) {
      JsonNode copy = parsed(message);
      for (JsonNode item : copy.get("records")) {
        String time = item.get("time").asText();
        if (time.endsWith("Z")) { // a few are in another notation, and stay as they are
          ((ObjectNode) item)
              .put("time", Instant.parse(time).plus(Duration.ofMinutes(17)).toString());
        }
      }
      copies.add(copy.toString());
    }
    paths.add(write(folder.resolve("copies").resolve("copies.jsonl"), copies, false).toString());

    assertThat(withoutRevision(withoutPlace(lines(capture.replay(paths, 2)))))
        .isEqualTo(withoutRevision(withoutPlace(lines)));
  }

  /** Arrivals in between move the clock, and so may an alert be judged a revision earlier. */
  private static List<String> withoutRevision(List<String> lines) {
    List<String> texts = new ArrayList<>();
    for (String line : lines) {
      JsonNode item = parsed(line);
      ((ObjectNode) item).remove("revision");
      texts.add(item.toString());
    }
    return texts;
  }

  private static List<String> lines(Replay.Result result) {
    return result.detections().stream()
        .sorted(
            (one, other) ->
                one.getEndTime() == other.getEndTime()
                    ? one.getId().compareTo(other.getId())
                    : Long.compare(one.getEndTime(), other.getEndTime()))
        .map((Detection detection) -> AvroJson.of(detection))
        .toList();
  }

  private static List<String> withoutPlace(List<String> lines) {
    List<String> texts = new ArrayList<>();
    for (String line : lines) {
      JsonNode item = parsed(line);
      for (JsonNode evidence : item.get("evidence")) {
        ((ObjectNode) evidence).remove(Set.of("file", "line"));
      }
      texts.add(item.toString());
    }
    return texts;
  }

  private List<String> messages(String name) throws IOException {
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(capture.folder().resolve(name)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static Path write(Path file, List<String> messages, boolean gzip) throws IOException {
    try (OutputStream out =
        gzip ? new GZIPOutputStream(Files.newOutputStream(file)) : Files.newOutputStream(file)) {
      out.write((String.join("\n", messages) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  private static String day(JsonNode item) {
    return item.has("day")
        ? item.path("lastDay").asText(item.get("day").asText())
        : item.get("endTime").asText().substring(0, 10);
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Three rules or more agree on one thief: one incident, and each of its findings is raised. */
  @Test
  void correlatesWhatOneThiefDoes_andRaisesEachFinding() {
    Map<String, Set<String>> rules = new TreeMap<>();
    Map<String, Set<String>> ids = new TreeMap<>();
    for (JsonNode line : expected.get("detections")) {
      if (!line.has("incident")) {
        continue;
      }
      String incident = line.get("incident").asText();
      JsonNode finding = found.stream().filter(item -> isOf(item, line)).findFirst().orElseThrow();
      rules.computeIfAbsent(incident, any -> new TreeSet<>()).add(line.get("rule").asText());
      ids.computeIfAbsent(incident, any -> new TreeSet<>())
          .add(finding.path("correlationId").asText());
      assertThat(finding.get("gates"))
          .as(line.get("case").asText())
          .anyMatch(
              gate ->
                  gate.get("gate").asText().equals("incident")
                      && gate.get("verdict").asText().equals("raised")
                      && gate.toString().contains(line.get("ownSeverity").asText()));
    }
    assertThat(rules).hasSize(2);
    assertThat(rules.values()).allMatch(agreeing -> agreeing.size() >= 3);
    assertThat(ids.values()).allMatch(of -> of.size() == 1 && !of.contains(""));
    assertThat(ids.values().stream().distinct()).hasSize(2);
  }

  private static boolean isOf(JsonNode finding, JsonNode line) {
    return finding.get("rule").equals(line.get("rule"))
        && finding.get("reason").equals(line.get("reason"))
        && day(finding).equals(line.get("day").asText())
        && (line.has("principal")
            ? finding.at("/principal/id").equals(line.get("principal"))
            : !finding.has("principal") && finding.path("ip").equals(line.get("ip")));
  }

  @Test
  void givesNoFindingTwice() {
    Set<String> ids = new HashSet<>();
    assertThat(found).allMatch(item -> ids.add(item.get("id").asText()));
  }
}
