package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.replay.CaptureFolder;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.explain.UnusedEvents;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Promises of explain, over everybody in the bundled capture. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BundledCaptureExplainTest {
  private static final Pattern COMPARISONS =
      Pattern.compile(" facts?, ([0-9]+) comparisons?: ([^;]*)");
  private static final Pattern OUTCOME =
      Pattern.compile("([0-9]+) (?:fires? \\(|suppressed by |not near \\()");
  private static final ExplainScope EVERYTHING = new ExplainScope(null, null, true);
  private static final ExplainScope AS_USUAL = new ExplainScope(null, null, false);
  private static final int SET_CAP = 256;
  private static final String INCIDENT = "incident";

  /** Gates of events that lack the very thing by which they would be of a subject. */
  private static final Map<String, Set<String>> OF_NOBODY =
      Map.of(
          "gateway-probing", Set.of("no-address"),
          "privileged-without-pim", Set.of("no-principal"),
          "risky-sign-in-used", Set.of("no-sign-in"));

  private static final Comparator<Subject> ORDER =
      Comparator.comparing(Subject::kind).thenComparing(Subject::id);

  private final Set<Subject> subjects = new ConcurrentSkipListSet<>(ORDER);
  private final Set<String> alerts = new ConcurrentSkipListSet<>();
  private final Map<Subject, Explanation> explained = new LinkedHashMap<>();
  private JsonNode expected = new ObjectMapper().nullNode();
  private ExplainRun.@Nullable Result result;

  /** What an explanation tells of one comparison, call or event. */
  private record Told(
      String day,
      List<String> ips,
      Set<String> principals,
      boolean fires,
      List<String> by,
      @Nullable Severity severity) {
    /** Alike calls are kept by prefix: their address is that of the first. */
    boolean isOf(String address) {
      return ips.stream().anyMatch(ip -> ip.equals(address) || prefix(address).equals(prefix(ip)));
    }

    private static String prefix(String ip) {
      Address address = Address.parse(ip);
      return address == null ? ip : address.prefix();
    }
  }

  @BeforeAll
  void explainEverybody() throws IOException {
    CaptureFolder capture = CaptureFolder.bundled().capture();
    expected = capture.expected();
    Config config = capture.config(Map.of());
    Enrichment enrichment = Wiring.enrichment(config);
    for (Partner partner : enrichment.partners().all()) {
      subjects.add(new Subject(Subject.Kind.PARTNER, partner.id()));
    }
    ExplainRun run =
        new ExplainRun(config.rules(), enrichment, 2, Limits.defaults()).reading(this::reads);
    ExplainRun.Result ran =
        run.run(
            capture.paths(),
            CaptureFolder.nothing(),
            CaptureFolder.silent(),
            counts -> addAll(run));
    ran.explanations().forEach(one -> explained.put(one.subject(), one));
    result = ran;
  }

  /** Adds who and what the records name, and the sessions and vaults of the expectations. */
  private void addAll(ExplainRun run) {
    for (String list : new String[] {"detections", "quiet"}) {
      for (JsonNode line : expected.get(list)) {
        if (line.has("session") || line.has("vault")) {
          subjects.add(subject(line));
        }
      }
    }
    subjects.forEach(subject -> run.add(subject, null));
  }

  private void reads(Activity activity) {
    if (activity.getPrincipal() != null) {
      subjects.add(new Subject(Subject.Kind.PRINCIPAL, activity.getPrincipal().getId()));
    }
    Token token = activity.getToken();
    if (token != null) {
      for (String id : new String[] {token.getOid(), token.getAppId()}) {
        if (id != null && !id.isEmpty()) {
          subjects.add(new Subject(Subject.Kind.PRINCIPAL, id));
        }
      }
      Principal user = activity.getPrincipal();
      if (user != null && token.getSid() != null) {
        subjects.add(
            new Subject(
                Subject.Kind.SESSION, user.getId() + " " + ComparableText.of(token.getSid())));
      }
      if (token.getUti() != null && !token.getUti().isEmpty()) {
        subjects.add(new Subject(Subject.Kind.TOKEN, token.getUti()));
      }
    }
    for (String text : new String[] {activity.getAddress(), activity.getSocketAddress()}) {
      Address address = Address.parse(text);
      if (address != null) {
        subjects.add(new Subject(Subject.Kind.ADDRESS, address.text()));
      }
    }
    if (activity.getAlert() != null) {
      alerts.add(activity.getAlert().getId());
    }
  }

  private ExplainRun.Result ran() {
    return Objects.requireNonNull(result);
  }

  /**
   * A line of the expectations is about its token, its session, its vault or its address, else its
   * partner, else its principal.
   */
  private static Subject subject(JsonNode line) {
    if (line.has("token") && isAbout(line.get("rule").asText(), Subject.Kind.TOKEN)) {
      return new Subject(Subject.Kind.TOKEN, line.get("token").asText());
    }
    if (line.has("session")) {
      return new Subject(
          Subject.Kind.SESSION,
          line.get("principal").asText() + " " + line.get("session").asText());
    }
    if (line.has("vault")) {
      String vault = line.get("vault").asText();
      Address from = line.has("ip") ? Address.parse(line.get("ip").asText()) : null;
      return new Subject(Subject.Kind.RESOURCE, from == null ? vault : vault + " " + from.prefix());
    }
    if (!line.has("partner") && !line.has("principal")) {
      return new Subject(Subject.Kind.ADDRESS, line.get("ip").asText());
    }
    return line.has("partner")
        ? new Subject(Subject.Kind.PARTNER, line.get("partner").asText())
        : new Subject(Subject.Kind.PRINCIPAL, line.get("principal").asText());
  }

  private @Nullable Explanation known(JsonNode line) {
    return explained.get(subject(line));
  }

  private Explanation explanation(JsonNode line) {
    return Objects.requireNonNull(known(line), line.toString());
  }

  /** Returns what an explanation tells of a rule; a subject that no record names has none. */
  private static List<Told> told(String rule, @Nullable Explanation explanation) {
    List<Told> all = new ArrayList<>();
    if (explanation == null) {
      return all;
    }
    for (JudgedDay day : days(rule, explanation)) {
      for (JudgedFacts verdict : day.verdicts()) {
        if (verdict.outcome() != Outcome.PASSED) {
          all.add(
              new Told(
                  LocalDate.ofEpochDay(day.day()).toString(),
                  ips(verdict),
                  principals(verdict),
                  verdict.outcome() == Outcome.FIRES,
                  verdict.by(),
                  verdict.severity()));
        }
      }
    }
    for (UnusedEvents row : explanation.events().unused()) {
      if (row.rule().equals(rule)) {
        all.add(
            new Told(
                row.date().toString(),
                List.of(String.valueOf(row.address())),
                Set.of(),
                false,
                List.of(row.why()),
                null));
      }
    }
    if (rule.equals(DefenderCorroboration.ID)) {
      explanation
          .alerts()
          .forEach(
              alert -> {
                if (alert.gate() != null) {
                  all.add(new Told("", List.of(), Set.of(), false, List.of(alert.gate()), null));
                }
              });
    }
    return all;
  }

  private static List<JudgedDay> days(String rule, Explanation explanation) {
    List<JudgedDay> days = new ArrayList<>();
    for (JudgedSubject subject : explanation.judged()) {
      subject.days().stream().filter(day -> day.info().id().equals(rule)).forEach(days::add);
    }
    return days;
  }

  private static Set<String> principals(JudgedFacts verdict) {
    Set<String> ids = new HashSet<>();
    for (Fact fact : verdict.facts()) {
      if (fact.principal() != null) {
        ids.add(fact.principal().getId());
      }
    }
    return ids;
  }

  private static List<String> ips(JudgedFacts verdict) {
    Set<String> ips = new TreeSet<>();
    for (Fact fact : verdict.facts()) {
      if (fact.location() != null) {
        ips.add(fact.location().address().text());
      }
      for (Seen seen : fact.addresses()) {
        ips.add(seen.text());
      }
    }
    return List.copyOf(ips);
  }

  private static boolean isAbout(Told told, JsonNode line) {
    if (!line.has("partner")) {
      return !line.has("vault")
          || !line.has("principal")
          || told.principals().contains(line.get("principal").asText());
    }
    String ip = line.get("ip").asText();
    return told.day().equals(line.get("day").asText())
        && (told.fires() ? told.ips().contains(ip) : told.isOf(ip));
  }

  @Test
  void namesTheGate_thatSuppressedEachCase() {
    int asked = 0;
    for (JsonNode line : expected.get("quiet")) {
      if (line.get("gate").isNull()) {
        continue;
      }
      asked++;
      List<Told> told =
          told(line.get("rule").asText(), explanation(line)).stream()
              .filter(one -> isAbout(one, line))
              .toList();
      assertThat(told)
          .as(line.toString())
          .anyMatch(one -> one.by().contains(line.get("gate").asText()));
      assertThat(told).as(line.toString()).noneMatch(Told::fires);
    }
    assertThat(asked).isGreaterThan(40);
  }

  @Test
  void firesNothing_whereACaseIsSuppressedWithoutAGate() {
    for (JsonNode line : expected.get("quiet")) {
      assertThat(told(line.get("rule").asText(), known(line)))
          .as(line.toString())
          .filteredOn(one -> isAbout(one, line))
          .noneMatch(Told::fires);
    }
  }

  @Test
  void firesWhatEachCaseExpects_andListsIt() {
    for (JsonNode line : expected.get("detections")) {
      String rule = line.get("rule").asText();
      String reason = line.get("reason").asText();
      String severity = line.get("severity").asText();
      Explanation explanation = explanation(line);
      assertThat(told(rule, explanation))
          .as(line.toString())
          .anyMatch(
              one ->
                  one.day().equals(line.get("day").asText())
                      && isAbout(one, line)
                      && one.fires()
                      && one.by().equals(List.of(reason))
                      && severity.equals(raised(line, one.severity())));
      assertThat(explanation.findings())
          .as(line.toString())
          .anyMatch(
              finding ->
                  finding.getRule().equals(rule)
                      && finding.getReason().equals(reason)
                      && isRaisedTo(finding, Severity.valueOf(severity)));
    }
  }

  /**
   * Returns whether a finding has a severity, or a higher one by another alert on the same address.
   */
  private static boolean isRaisedTo(Detection finding, Severity severity) {
    return finding.getRule().equals(DefenderCorroboration.ID)
        ? finding.getSeverity().compareTo(severity) >= 0
        : finding.getSeverity() == severity;
  }

  /** Returns what a rule's severity becomes by the alerts that a line names. */
  private static String raised(JsonNode line, @Nullable Severity severity) {
    boolean confirmed =
        line.has("ownSeverity")
            || (line.has("defenderAlerts")
                && !line.get("rule").asText().equals(DefenderCorroboration.ID));
    return String.valueOf(confirmed && severity != null ? up(severity) : severity);
  }

  private static Severity up(Severity severity) {
    return severity == Severity.Low ? Severity.Medium : Severity.High;
  }

  /**
   * Each detection is explained at its subject by a verdict with the same reason and gates; and
   * what was given out has its severity and count.
   */
  @Test
  void explainsEachDetection_withItsReasonSeverityCountAndGates() {
    Map<String, JudgedDay> byFinding = new HashMap<>();
    explained
        .values()
        .forEach(
            one ->
                one.judged()
                    .get(0)
                    .days()
                    .forEach(day -> day.findings().forEach(each -> byFinding.put(each.id(), day))));
    assertThat(ran().detections()).hasSizeGreaterThan(100);
    for (Detection detection : ran().detections()) {
      JudgedDay day = byFinding.get(detection.getId());
      assertThat(day).as(detection.toString()).isNotNull();
      assertThat(day.info().id()).isEqualTo(detection.getRule());
      JudgedDay.GivenOut given =
          day.findings().stream()
              .filter(one -> one.id().equals(detection.getId()))
              .findFirst()
              .orElseThrow();
      boolean confirmed =
          (!detection.getRule().equals(DefenderCorroboration.ID)
                  && !detection.getDefenderAlerts().isEmpty())
              || detection.getGates().stream().anyMatch(gate -> gate.getGate().equals(INCIDENT));
      assertThat(given.reason()).isEqualTo(detection.getReason());
      assertThat(confirmed ? up(given.severity()) : given.severity())
          .as(detection.getId())
          .isEqualTo(detection.getSeverity());
      assertThat(Math.min(given.count(), SET_CAP)).isEqualTo(detection.getCount());
      assertThat(day.verdicts())
          .as(detection.getId())
          .anyMatch(
              verdict ->
                  verdict.outcome() == Outcome.FIRES
                      && detection.getId().equals(verdict.finding())
                      && verdict.severity() == given.severity()
                      && verdict.by().equals(List.of(detection.getReason()))
                      && verdict.gates().equals(ofItsRule(detection)));
    }
    assertThat(byFinding.keySet())
        .as("explain gives out what replay does")
        .isEqualTo(new HashSet<>(ran().detections().stream().map(Detection::getId).toList()));
  }

  /** Returns the gates of a finding, without those of an alert and an incident that raised it. */
  private static List<GateChecked> ofItsRule(Detection finding) {
    return finding.getGates().stream()
        .filter(
            gate ->
                !gate.getGate().equals(DefenderCorroboration.ID)
                    && !gate.getGate().equals(INCIDENT))
        .toList();
  }

  /** No verdict fires that has no finding. */
  @Test
  void firesOnlyWhatIsGivenOut() {
    Set<String> ids = new HashSet<>(ran().detections().stream().map(Detection::getId).toList());
    for (Explanation explanation : explained.values()) {
      for (JudgedSubject subject : explanation.judged()) {
        for (JudgedDay day : subject.days()) {
          assertThat(day.failure()).isNull();
          for (JudgedFacts verdict : day.verdicts()) {
            if (verdict.outcome() == Outcome.FIRES) {
              assertThat(ids)
                  .as("%s %s", day.info(), subject.subject())
                  .contains(verdict.finding());
            }
          }
        }
      }
    }
  }

  /** The gate counters of the summary are the sums of what explain counts for each subject. */
  @Test
  void countsForAllSubjectsTogether_whatTheSummaryCounts() {
    Map<String, Map<String, Long>> sums = new TreeMap<>();
    Set<Subject> others = new TreeSet<>(ORDER);
    alerts.forEach(alert -> others.add(AlertMessages.alertSubject(alert)));
    explained.forEach(
        (subject, explanation) -> {
          others.addAll(explanation.events().related());
          explanation
              .gates()
              .forEach(
                  (rule, gates) -> {
                    if (isAbout(rule, subject.kind())) {
                      add(sums, rule, gates);
                    }
                  });
        });
    for (Subject other : others) {
      if (!explained.containsKey(other)) {
        ran().watch().gates(other).forEach((rule, gates) -> add(sums, rule, gates));
      }
    }
    Map<String, Map<String, Long>> counted = new TreeMap<>(ran().counters().gates());
    counted.remove("joins"); // of no rule and no subject
    OF_NOBODY.forEach(
        (rule, gates) -> gates.forEach(Objects.requireNonNull(counted.get(rule))::remove));
    assertThat(sums).isEqualTo(counted);
    assertThat(sums.keySet())
        .as("rules of which the bundled capture has a counted gate")
        .containsExactlyInAnyOrderElementsOf(
            BuiltInRules.all().stream().map(rule -> rule.info().id()).toList());
  }

  private static boolean isAbout(String rule, Subject.Kind kind) {
    return BuiltInRules.all().stream()
        .map(Rule::info)
        .anyMatch(info -> info.id().equals(rule) && info.subjects().contains(kind));
  }

  private static void add(
      Map<String, Map<String, Long>> sums, String rule, Map<String, Long> gates) {
    gates.forEach(
        (gate, number) ->
            sums.computeIfAbsent(rule, none -> new TreeMap<>()).merge(gate, number, Long::sum));
  }

  /** What explain shows as suppressed was counted; and nothing failed on the way. */
  @Test
  void countsEachGate_thatItShowsAsSuppressing() {
    for (Explanation explanation : explained.values()) {
      JudgedSubject own = explanation.judged().get(0);
      for (JudgedDay day : own.days()) {
        for (JudgedFacts verdict : day.verdicts()) {
          if (verdict.outcome() == Outcome.SUPPRESSED) {
            assertThat(explanation.gates().getOrDefault(day.info().id(), Map.of()))
                .as("%s %s %s", own.subject(), day.info(), day.day())
                .containsKeys(verdict.by().toArray(String[]::new));
          }
        }
      }
    }
    assertThat(ran().counters().ruleFailures()).isEmpty();
  }

  /** Of each rule every reason and gate is named by an explanation, but those of a crowded day. */
  @Test
  void namesEachReasonAndGate_ofEachRule() {
    for (Rule rule : BuiltInRules.all()) {
      RuleInfo info = rule.info();
      Set<String> words = new TreeSet<>();
      explained
          .values()
          .forEach(one -> told(info.id(), one).forEach(told -> words.addAll(told.by())));
      List<String> reasons = new ArrayList<>(info.reasons());
      if (info.collapse() != null) {
        reasons.remove(info.collapse().reason());
      }
      reasons.addAll(info.gates());
      reasons.removeAll(words);
      assertThat(reasons)
          .as("reasons and gates of %s that no explanation of the bundled capture names", info.id())
          .isEmpty();
    }
  }

  @Test
  void saysWhoUsedAnAddress_andWhoPlacedIt() {
    Explanation refused =
        Objects.requireNonNull(explained.get(new Subject(Subject.Kind.ADDRESS, "198.19.21.5")));
    assertThat(refused.events().uses())
        .anyMatch(use -> use.outcome().equals("refused") && "fabrikam".equals(use.partner()));
    assertThat(refused.events().places())
        .singleElement()
        .satisfies(
            place -> assertThat(place.sources().get("asn")).isEqualTo("networks.csv line 32"));
    Explanation afar =
        Objects.requireNonNull(explained.get(new Subject(Subject.Kind.ADDRESS, "198.18.120.133")));
    assertThat(afar.findings()).isNotEmpty();
  }

  @Test
  void missesNoAddress_ofFactsThatAreAboutOne() {
    Explanation blocked =
        Objects.requireNonNull(explained.get(new Subject(Subject.Kind.ADDRESS, "198.19.103.1")));
    assertThat(text(blocked, AS_USUAL, 1_000))
        .contains("A and B and C  FIRES, MEDIUM: waf-then-success")
        .doesNotContain("no address until");
  }

  @Test
  void isReadable_onAnyTerminal_andOneJsonObject() throws IOException {
    for (JsonNode line : expected.get("detections")) {
      Explanation explanation = explanation(line);
      for (ExplainScope scope : List.of(EVERYTHING, AS_USUAL)) {
        String text = text(explanation, scope, 80);
        assertThat(text.lines())
            .allSatisfy(
                each ->
                    assertThat(each.length() <= 80 || each.strip().indexOf(' ') < 0)
                        .as(each)
                        .isTrue());
        JsonNode json =
            new ObjectMapper().readTree(new ExplainJson(scope, any -> any).of(explanation, ran()));
        assertThat(json.get("id").asText()).isEqualTo(explanation.subject().id());
        assertThat(json.get("judged")).isNotEmpty();
      }
    }
  }

  private String text(Explanation explanation, ExplainScope scope, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new ExplainText(new WrappedText(out, width), scope).print(explanation, ran());
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void saysMomentsAndMembersOfFacts_asPeopleWriteThem() throws IOException {
    StringBuilder all = new StringBuilder();
    StringBuilder json = new StringBuilder();
    for (JsonNode line : expected.get("detections")) {
      Explanation explanation = explanation(line);
      all.append(text(explanation, EVERYTHING, 1_000));
      json.append(new ExplainJson(EVERYTHING, any -> any).of(explanation, ran()));
    }
    assertThat(all.toString().lines())
        .noneMatch(line -> line.matches(".*( begin 1,| minute [0-9]|\\\\n|attempts [0-9]{2} 4).*"))
        .noneMatch(line -> line.matches(".*: ([2-9]|[1-9][0-9]+) fires .*"))
        .anyMatch(line -> line.matches(".* begin 2026-11-[0-9]{2} [0-9:]{8}, end 2026-11-.*"));
    assertThat(json.toString()).containsPattern("\"begin\" ?: ?\"2026-11-[0-9T:.-]+Z\"");
  }

  @Test
  void countsTheComparisonsOfADay_soThatTheirOutcomesAddUp() {
    int days = 0;
    for (Explanation explanation : explained.values()) {
      for (String line : text(explanation, EVERYTHING, 1_000).lines().toList()) {
        Matcher summary = COMPARISONS.matcher(line);
        if (summary.find()) {
          days++;
          int sum = 0;
          Matcher outcome = OUTCOME.matcher(summary.group(2));
          while (outcome.find()) {
            sum += Integer.parseInt(outcome.group(1));
          }
          assertThat(sum).as(line).isEqualTo(Integer.parseInt(summary.group(1)));
        }
      }
    }
    assertThat(days).isGreaterThan(100);
  }

  @Test
  void saysOfEachFindingThatItsIncidentRaised_fromWhatAndByWhich() {
    int raised = 0;
    for (Explanation explanation : explained.values()) {
      for (Detection finding : explanation.findings()) {
        Severity before = SeverityBeforeIncident.severityBefore(finding);
        if (before != null && before != finding.getSeverity()) {
          raised++;
          assertThat(text(explanation, new ExplainScope(null, null, true), 200))
              .contains("raised from " + before + " by incident " + finding.getCorrelationId());
        }
      }
    }
    assertThat(raised).isPositive();
  }

  @Test
  void forgetsNothing() {
    Explanation partner =
        Objects.requireNonNull(explained.get(new Subject(Subject.Kind.PARTNER, "tailspin")));
    assertThat(days("partner-ip-drift", partner)).hasSizeGreaterThan(20);
  }
}
