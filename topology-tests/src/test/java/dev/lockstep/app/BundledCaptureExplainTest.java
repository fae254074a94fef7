package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.detections.AlertExplanation;
import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.PartnerExplanation;
import dev.lockstep.detections.RuleInfo;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.TravelExplanation;
import dev.lockstep.detections.Witness.Unjudged;
import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every case of the bundled capture, explained, says what decided it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BundledCaptureExplainTest {
  private static final ExplainScope EVERYTHING = new ExplainScope(null, null, true);
  private static final ExplainScope AS_USUAL = new ExplainScope(null, null, false);

  private JsonNode expected = new ObjectMapper().nullNode();
  private final Map<Subject, Explanation> explained = new LinkedHashMap<>();
  private Replay.@Nullable Result result;

  /** What an explanation says of one comparison, call or event. */
  private record Said(String day, String ip, Conclusion conclusion) {
    /** Alike calls are kept by prefix: their address is that of the first. */
    boolean isOf(String address) {
      return ip.equals(address) || prefix(address).equals(prefix(ip));
    }

    private static String prefix(String ip) {
      Address address = Address.parse(ip);
      return address == null ? ip : address.prefix();
    }
  }

  @BeforeAll
  void explainEverybody(@TempDir Path folder) throws IOException {
    CaptureFolder capture = CaptureFolder.unpack(folder.resolve("capture"));
    expected = capture.expected();
    Config config = capture.config(Map.of());
    Enrichment enrichment = Wiring.enrichment(config);
    Explaining explaining = new Explaining(ExplainedSettings.of(config.rules()), enrichment, null);
    Set<Subject> subjects =
        new TreeSet<>(
            (one, other) ->
                one.kind() == other.kind()
                    ? one.id().compareTo(other.id())
                    : one.kind().compareTo(other.kind()));
    for (String kind : List.of("detections", "quiet")) {
      expected.get(kind).forEach(line -> subjects.add(subject(line)));
    }
    subjects.add(new Subject(Subject.Kind.ADDRESS, "198.19.21.5"));
    subjects.add(new Subject(Subject.Kind.ADDRESS, "198.18.120.133"));
    subjects.forEach(subject -> explaining.add(subject, null));
    result =
        new Replay(config.rules(), enrichment, Long.MIN_VALUE, Long.MAX_VALUE, 2)
            .run(capture.paths(), CaptureFolder.nothing(), CaptureFolder.silent(), explaining);
    explaining.explanations().forEach(one -> explained.put(one.subject(), one));
  }

  /** A line of the expectations is about its token, else its partner, else its principal. */
  private static Subject subject(JsonNode line) {
    if (line.get("rule").asText().equals(RuleInfo.TOKEN_REPLAY.id()) && line.has("token")) {
      return new Subject(Subject.Kind.TOKEN, line.get("token").asText());
    }
    return line.has("partner")
        ? new Subject(Subject.Kind.PARTNER, line.get("partner").asText())
        : new Subject(Subject.Kind.PRINCIPAL, line.get("principal").asText());
  }

  private Explanation explanation(JsonNode line) {
    return Objects.requireNonNull(explained.get(subject(line)), line.toString());
  }

  /** Returns what an explanation says of a rule; a rule that none knows has nothing to say. */
  private static List<Said> said(String rule, Explanation explanation) {
    List<Said> all = new ArrayList<>();
    if (rule.equals(RuleInfo.IMPOSSIBLE_TRAVEL.id()) && explanation.travel() != null) {
      for (TravelExplanation.Day day : explanation.travel().days()) {
        day.pairs()
            .forEach(
                pair ->
                    all.add(
                        new Said(
                            day.date().toString(),
                            pair.later().getSpot().getAddress(),
                            pair.conclusion())));
      }
    } else if (rule.equals(RuleInfo.TOKEN_REPLAY.id())) {
      for (TokenExplanation token : explanation.tokens()) {
        token
            .comparisons()
            .forEach(one -> all.add(new Said(one.date().toString(), "", one.conclusion())));
        if (token.unmatched()) {
          all.add(new Said("", "", quiet(TokenExplanation.UNMATCHED)));
        }
      }
    } else if (rule.equals(RuleInfo.PARTNER_IP_DRIFT.id()) && explanation.partner() != null) {
      for (PartnerExplanation.Day day : explanation.partner().days()) {
        day.judged()
            .forEach(
                one ->
                    all.add(
                        new Said(
                            day.date().toString(),
                            one.use().getSpot().getAddress(),
                            one.conclusion())));
      }
    }
    if (rule.equals(RuleInfo.DEFENDER_CORROBORATION.id())) {
      for (AlertExplanation one : explanation.alerts()) {
        all.add(new Said(day(one.times().get(0)), String.valueOf(one.address()), one.conclusion()));
      }
    }
    for (Unjudged row : explanation.witness().unjudged()) {
      if (row.rule().equals(rule)) {
        all.add(new Said(row.date().toString(), String.valueOf(row.address()), quiet(row.why())));
      }
    }
    return all;
  }

  private static String day(long millis) {
    return Instant.ofEpochMilli(millis).toString().substring(0, 10);
  }

  private static Conclusion quiet(String why) {
    return new Conclusion(null, null, List.of(why));
  }

  private static boolean isAbout(Said said, JsonNode line) {
    if (!line.has("partner")) {
      return true;
    }
    boolean fires = said.conclusion().fires();
    String ip = line.get("ip").asText();
    return said.day().equals(line.get("day").asText())
        && (fires ? said.ip().equals(ip) : said.isOf(ip));
  }

  @Test
  void namesTheGate_thatKeptEachCaseQuiet() {
    int asked = 0;
    for (JsonNode line : expected.get("quiet")) {
      if (line.get("gate").isNull()) {
        continue;
      }
      asked++;
      List<Said> said =
          said(line.get("rule").asText(), explanation(line)).stream()
              .filter(one -> isAbout(one, line))
              .toList();
      assertThat(said)
          .as(line.toString())
          .anyMatch(one -> one.conclusion().quietBy().contains(line.get("gate").asText()));
      assertThat(said).as(line.toString()).noneMatch(one -> one.conclusion().fires());
    }
    assertThat(asked).isGreaterThan(40);
  }

  @Test
  void firesNothing_whereACaseIsQuietWithoutAGate() {
    for (JsonNode line : expected.get("quiet")) {
      assertThat(said(line.get("rule").asText(), explanation(line)))
          .as(line.toString())
          .filteredOn(one -> isAbout(one, line))
          .noneMatch(one -> one.conclusion().fires());
    }
  }

  @Test
  void firesWhatEachDetectionSays_andListsIt() {
    for (JsonNode line : expected.get("detections")) {
      String rule = line.get("rule").asText();
      String reason = line.get("reason").asText();
      String severity = line.get("severity").asText();
      Explanation explanation = explanation(line);
      assertThat(said(rule, explanation))
          .as(line.toString())
          .anyMatch(
              one ->
                  one.day().equals(line.get("day").asText())
                      && isAbout(one, line)
                      && one.conclusion().fires()
                      && reason.equals(one.conclusion().reason())
                      && severity.equals(raised(line, one.conclusion().severity())));
      assertThat(explanation.findings())
          .as(line.toString())
          .anyMatch(
              finding ->
                  finding.getRule().equals(rule)
                      && finding.getReason().equals(reason)
                      && finding.getSeverity().name().equals(severity));
    }
  }

  @Test
  void firesOnlyWhatIsDetected() {
    Set<String> detected = new TreeSet<>();
    expected
        .get("detections")
        .forEach(
            line ->
                detected.add(
                    subject(line)
                        + " "
                        + line.get("rule").asText()
                        + " "
                        + line.get("day").asText()));
    explained.forEach(
        (subject, explanation) -> {
          String rule =
              switch (subject.kind()) {
                case PRINCIPAL -> RuleInfo.IMPOSSIBLE_TRAVEL.id();
                case TOKEN -> RuleInfo.TOKEN_REPLAY.id();
                case PARTNER -> RuleInfo.PARTNER_IP_DRIFT.id();
                case ADDRESS -> "none";
              };
          for (Said one : said(rule, explanation)) {
            if (one.conclusion().fires()) {
              assertThat(detected).contains(subject + " " + rule + " " + one.day());
            }
          }
        });
  }

  /**
   * Of a rule that the capture has cases of, every reason and gate must be named by an explanation;
   * a rule that is not in the list below has none: write one.
   */
  @Test
  void knowsEveryRule_andEachOfItsGatesAndReasons() {
    assertThat(RuleInfo.all())
        .extracting(RuleInfo::id)
        .containsExactlyInAnyOrder(
            "impossible-travel", "token-replay", "partner-ip-drift", "defender-corroboration");
    for (RuleInfo rule : RuleInfo.all()) {
      if (!hasCases(rule)) {
        continue;
      }
      Set<String> words = new TreeSet<>();
      for (Explanation explanation : explained.values()) {
        for (Said one : said(rule.id(), explanation)) {
          words.addAll(one.conclusion().quietBy());
          if (one.conclusion().fires()) {
            words.add(String.valueOf(one.conclusion().reason()));
          }
        }
      }
      assertThat(words).as(rule.id()).containsAll(rule.reasons()).containsAll(rule.gates());
    }
  }

  private boolean hasCases(RuleInfo rule) {
    for (String kind : List.of("detections", "quiet")) {
      for (JsonNode line : expected.get(kind)) {
        if (line.get("rule").asText().equals(rule.id())) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void givesTheNumbersOfTheFinding_thatTheRuleGave() {
    for (Explanation explanation : explained.values()) {
      if (explanation.travel() == null) {
        continue;
      }
      List<List<GateChecked>> compared =
          explanation.travel().days().stream()
              .flatMap(day -> day.pairs().stream())
              .map(TravelExplanation.Pair::gates)
              .toList();
      explanation.findings().stream()
          .filter(finding -> finding.getRule().equals(RuleInfo.IMPOSSIBLE_TRAVEL.id()))
          .filter(finding -> !finding.getReason().equals("withdrawn"))
          .forEach(finding -> assertThat(compared).contains(ofItsRule(finding)));
    }
  }

  /** What a rule's severity becomes by the alerts that a line names. */
  private static String raised(JsonNode line, @Nullable Severity severity) {
    boolean confirmed =
        line.has("defenderAlerts")
            && !line.get("rule").asText().equals(RuleInfo.DEFENDER_CORROBORATION.id());
    Severity up = severity == Severity.Low ? Severity.Medium : Severity.High;
    return String.valueOf(confirmed && severity != null ? up : severity);
  }

  /** The gates of a finding, without that of an alert that raised it. */
  private static List<GateChecked> ofItsRule(Detection finding) {
    return finding.getGates().stream()
        .filter(gate -> !gate.getGate().equals(RuleInfo.DEFENDER_CORROBORATION.id()))
        .toList();
  }

  @Test
  void saysWhoUsedAnAddress_andWhoPlacedIt() {
    Explanation refused =
        Objects.requireNonNull(explained.get(new Subject(Subject.Kind.ADDRESS, "198.19.21.5")));
    assertThat(refused.witness().uses())
        .anyMatch(use -> use.outcome().equals("refused") && "fabrikam".equals(use.partner()));
    assertThat(refused.witness().places())
        .singleElement()
        .satisfies(said -> assertThat(said.sources().get("asn")).isEqualTo("networks.csv line 32"));
    Explanation afar =
        Objects.requireNonNull(explained.get(new Subject(Subject.Kind.ADDRESS, "198.18.120.133")));
    assertThat(afar.findings()).isNotEmpty();
  }

  @Test
  void isReadable_onAnyTerminal_andOneJsonObject() throws IOException {
    for (Explanation explanation : explained.values()) {
      for (ExplainScope scope : List.of(EVERYTHING, AS_USUAL)) {
        String text = text(explanation, scope, 80);
        assertThat(text.lines())
            .allSatisfy(
                line ->
                    assertThat(line.length() <= 80 || line.strip().indexOf(' ') < 0)
                        .as(line)
                        .isTrue());
        JsonNode json =
            new ObjectMapper()
                .readTree(new ExplainJson(scope).of(explanation, Objects.requireNonNull(result)));
        assertThat(json.get("id").asText()).isEqualTo(explanation.subject().id());
      }
    }
  }

  private String text(Explanation explanation, ExplainScope scope, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new ExplainText(new Lines(out, width), scope)
        .print(explanation, Objects.requireNonNull(result));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void forgetsNothing() {
    assertThat(Stream.of(explained.get(new Subject(Subject.Kind.PARTNER, "tailspin"))))
        .allSatisfy(
            one ->
                assertThat(Objects.requireNonNull(Objects.requireNonNull(one).partner()).days())
                    .hasSizeGreaterThan(20));
  }
}
