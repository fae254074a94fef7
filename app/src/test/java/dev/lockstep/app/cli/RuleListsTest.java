package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.doctor.CheckReport;
import dev.lockstep.app.doctor.HubSample;
import dev.lockstep.app.doctor.RuleChecks;
import dev.lockstep.app.heartbeat.HeartbeatRows;
import dev.lockstep.app.metrics.Meters;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.report.ReportJson;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleChanges;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.detections.BuiltInRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every list of rules tells the same of them. */
@Timeout(300)
class RuleListsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NO_PARTNERS = "asleep: no partners file";
  private static final List<String> IDS =
      BuiltInRules.all().stream().map(rule -> rule.info().id()).toList();

  /** State of the rules that a configuration without an estate puts to sleep. */
  private static final Map<String, String> WITHOUT_ESTATE =
      Map.of(
          "conditional-access-gap", "asleep: no API in the estate",
          "gateway-bypass", "asleep: no gateway with frontDoorIds in the estate",
          "privileged-without-pim", "asleep: no privileged operation in the estate",
          "vault-outside", "asleep: no private vault in the estate");

  /** An estate in which no rule sleeps. */
  private static final String ESTATE =
      """
      estate:
        gateways: [{name: apim, hosts: [api.contoso.com], frontDoorIds: [55555555-aaaa-bbbb-cccc-000000000001]}]
        apis: [{name: orders, appId: 11111111-2222-3333-4444-555555555555}]
        privileged: [{name: roles, operations: ["Add member to role*"]}]
        vaults: [{name: contoso-kv, private: true}]
      """;

  @TempDir Path folder;

  @Test
  void allListsTellTheSame_withNothingConfigured() throws Exception {
    allTell(
        "",
        Map.of(
            "partner-ip-drift",
            NO_PARTNERS,
            "gateway-bypass",
            "asleep: no network of class trusted-proxy in the networks file and no gateway with"
                + " frontDoorIds in the estate"),
        true);
  }

  @Test
  void toolsOfAuthorsReplaceAFileAsAWhole() throws Exception {
    Path rule = folder.resolve("own.yml");
    String text =
        """
        title: A rule without an id and a status
        logsource: {product: azure, service: signinlogs}
        detection: {selection: {ResultType: 0}, condition: selection}
        """;
    Files.writeString(rule, text);
    Path results = Files.writeString(folder.resolve("results.xml"), "earlier results");
    Path page = Files.writeString(folder.resolve("own.md"), "earlier page");
    Path links = Files.createDirectory(folder.resolve("links"));
    for (Path each : List.of(rule, results, page)) {
      Files.createLink(links.resolve(each.getFileName()), each); // shows a file written in place
    }

    Ran.run("rules", "lint", "--fix", rule.toString());
    Ran.run("rules", "test", rule.toString(), "--junit", results.toString());
    Ran.run("rules", "docs", rule.toString(), "--output", folder.toString());

    assertThat(rule).content().contains("id: ");
    assertThat(results).content().contains("<testsuites>");
    assertThat(page).content().contains("# A rule without an id");
    assertThat(links.resolve("own.yml")).hasContent(text);
    assertThat(links.resolve("results.xml")).hasContent("earlier results");
    assertThat(links.resolve("own.md")).hasContent("earlier page");
  }

  @Test
  void toolsOfAuthorsWarn_ofAFileThatTheyDoNotRead() throws Exception {
    Files.writeString(folder.resolve("role.yaml"), "title: x\nlogsource: {product: azure}\n");
    Files.writeString(
        folder.resolve("read.yml"),
        """
        title: A rule that is read
        logsource: {product: azure, service: signinlogs}
        detection: {selection: {ResultType: 0}, condition: selection}
        """);
    String warning = "role.yaml\" is not read, because files with Sigma rules end in .yml";

    assertThat(Ran.run("rules", "test", folder.toString()).err()).contains(warning);
    assertThat(Ran.run("rules", "docs", folder.toString()).err()).contains(warning);
    JsonNode lint = JSON.readTree(Ran.run("rules", "lint", "--json", folder.toString()).out());
    assertThat(lint.path("skipped").path(0).asText()).contains(warning);
  }

  @Test
  void warns_ofAFileThatIsNotRead_andOfAFolderWithoutRules() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("own"));
    Path config = folder.resolve("own.yaml");
    Files.writeString(config, "rules: {directories: [own]}\n");
    Files.writeString(rules.resolve("placeholders.yaml"), "admins: [ada]\n");

    Ran empty = Ran.run("rules", "list", "--config", config.toString());
    Files.writeString(config, "rules: {directories: [own], role: {shadow: true}}\n");
    Ran missing = Ran.run("rules", "list", "--config", config.toString());
    Files.writeString(config, "rules: {directories: [own]}\n");
    Files.writeString(rules.resolve("role.yaml"), "title: x\nlogsource: {product: azure}\n");
    Ran skipped = Ran.run("rules", "list", "--config", config.toString());

    assertThat(empty.err()).contains("has no file that ends in .yml and no jar");
    assertThat(missing.err())
        .contains("own.yaml:1: unknown key \"rules.role\"; no rule has this id, and the folder")
        .contains("has no file that ends in .yml and no jar");
    assertThat(skipped.err())
        .contains("role.yaml\" is not read, because files with Sigma rules end in .yml")
        .doesNotContain("placeholders", "no jar");
  }

  @Test
  void leavesOutFoldersThatHaveOnlyJars_whereThoseOfTheConfigurationAreExamined() throws Exception {
    Files.writeString(Files.createDirectory(folder.resolve("jars")).resolve("a.jar"), "");
    Files.writeString(
        Files.createDirectory(folder.resolve("own")).resolve("role.yml"),
        """
        title: Role given
        logsource: {product: azure, service: auditlogs}
        detection: {role: {OperationName: Add member to role}, condition: role}
        """);
    String config = folder.resolve("own.yaml").toString();
    Files.writeString(Path.of(config), "rules: {directories: [own, jars]}\n");
    Ran both = Ran.run("rules", "lint", "--config", config);
    Files.writeString(Path.of(config), "rules: {directories: [jars]}\n");

    assertThat(both.err()).isEmpty();
    assertThat(both.out()).contains("role.yml");
    for (String command : List.of("lint", "test")) {
      Ran jars = Ran.run("rules", command, "--config", config);
      assertThat(jars.code()).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(jars.err())
          .contains("no PATH is given, and the folders of rules.directories have only jars");
    }
  }

  @Test
  void saysWhereTestsOfAJarAre_andThatAJarIsNotLinted() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("own"));
    Path jar = Files.writeString(rules.resolve("a.jar"), "");
    for (Path path : List.of(jar, rules)) {
      Ran test = Ran.run("rules", "test", path.toString());
      assertThat(test.code()).isEqualTo(ExitCode.FAILED);
      assertThat(test.err())
          .startsWith("could not test the rules of the jar \"" + jar + "\": ")
          .contains(".tests.yaml", "write a file such as \"" + rules.resolve("RULE-ID.tests.yaml"));
      Ran lint = Ran.run("rules", "lint", path.toString());
      assertThat(lint.code()).isEqualTo(ExitCode.FAILED);
      assertThat(lint.err()).contains("with rules in Java", "name ").doesNotContain("rename");
    }
    Path tests = Files.writeString(rules.resolve("h.test.yaml"), "rule: a\ntests: []\n");
    for (Path path : List.of(jar, rules, tests)) {
      assertThat(Ran.run("rules", "test", path.toString()).err())
          .endsWith("; rename \"%s\" to \"h.tests.yaml\"%n".formatted(tests));
    }
    Path named = Files.writeString(rules.resolve("h.tests.yml"), "rule: a\ntests: []\n");
    Ran asSigma = Ran.run("rules", "test", rules.toString());
    assertThat(asSigma.code()).isEqualTo(ExitCode.FAILED);
    assertThat(asSigma.out())
        .contains("1 fault", "rename the file to \"" + rules.resolve("h.tests.yaml"))
        .doesNotContain("the id of a rule");
    assertThat(asSigma.err()).contains("h.test.yaml\" is not read, because files with tests of");
    Files.delete(named);
    Files.move(tests, rules.resolve("h.tests.yaml"));
    assertThat(Ran.run("rules", "test", jar.toString()).err())
        .contains("; name the folder \"" + rules + "\"");
  }

  @Test
  void says_thatPublishedRulesAreNotShown() throws Exception {
    Path config = folder.resolve("topic.yaml");
    Files.writeString(config, "rules: {topic: true}\n");

    Ran listed = Ran.run("rules", "list", "--config", config.toString());
    Ran without = Ran.run("rules", "list");

    assertThat(listed.err())
        .contains(
            "rules.topic is true: rules that \"lockstep rules publish\" sent to the topic are not");
    assertThat(without.err()).doesNotContain("rules.topic");
  }

  @Test
  void names_fileAndLineOfAFieldWithoutASource() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("own"));
    Path config = folder.resolve("own.yaml");
    Files.writeString(config, "rules: {directories: [own]}\n");
    Files.writeString(
        rules.resolve("one.yml"),
        """
        title: One
        name: one
        logsource: {product: azure, service: signinlogs}
        detection:
          selection: {ResultType: 0}
          other:
            UserPrincipalNam|endswith: '@contoso.example'
          condition: selection and other
        level: low
        """);
    Files.writeString(
        rules.resolve("many.yml"),
        """
        title: Many
        correlation:
          type: event_count
          rules: [single]
          group-by: [IPAdress]
          timespan: 1h
          condition: {gte: 3}
        level: low
        ---
        title: Single
        name: single
        logsource: {product: azure, service: signinlogs}
        detection:
          selection: {ResultType: 0}
          condition: selection
        """);

    String list = Ran.run("rules", "list", "--config", config.toString()).out();

    assertThat(list)
        .contains("asleep: no source of UserPrincipalNam (" + Path.of("own", "one.yml") + ":7)")
        .contains("asleep: no source of IPAdress (" + Path.of("own", "many.yml") + ":5)");
  }

  @Test
  void lintAndTest_takeTheConfiguredFolders_orSayWhatToName() throws Exception {
    Files.createDirectory(folder.resolve("own"));
    Files.writeString(folder.resolve("own/broken.yml"), "title: x\n");
    Path config = folder.resolve("own.yaml");
    Files.writeString(config, "rules: {directories: [own]}\n");
    Path none = Files.writeString(folder.resolve("none.yaml"), "rules: {}\n");
    for (String command : new String[] {"lint", "test"}) {
      Ran ran = Ran.run("rules", command, "--config", config.toString());
      assertThat(ran.code()).as(command).isEqualTo(ExitCode.FAILED);
      assertThat(ran.out() + ran.err()).as(command).contains("broken.yml").contains(":1");
      Ran without = Ran.run("rules", command, "--config", none.toString());
      assertThat(without.code()).as(command).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(without.err())
          .contains("none.yaml\" names no rules.directories")
          .contains("such as lockstep rules " + command + " my-rules/");
    }
  }

  @Test
  void docs_saysOnceThatAFileIsRefused() throws Exception {
    Path rule = Files.writeString(folder.resolve("broken.yml"), "title: x\n");
    assertThat(Ran.run("rules", "docs", rule.toString()).err())
        .startsWith("could not read the Sigma rule: ")
        .doesNotContain("refused");
  }

  @Test
  void publish_saysWithWhatItCompares() {
    ConfiguredRules rules = Config.read(null, Map.of()).rules();
    RuleChanges none = RuleChanges.between(rules, rules);
    assertThat(RulesPublishCommand.changes(none, true))
        .isEqualTo(
            "compared with the rules of rules.directories, because this version can read no"
                + " published set: no rule differs");
    assertThat(RulesPublishCommand.changes(none, false))
        .isEqualTo("compared with the set that was published before: no rule differs");
  }

  @Test
  void publish_warnsOfWhatItLeavesOut() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("own"));
    Files.writeString(rules.resolve("role.yaml"), "title: x\nlogsource: {product: azure}\n");
    Files.writeString(rules.resolve("README.md"), "Our rules.\n");
    Ran only = Ran.run("rules", "publish", rules.toString());
    assertThat(only.code()).isEqualTo(ExitCode.FAILED);
    assertThat(only.err()).contains("no file that ends in .yml; ", "role.yaml", "rename the file");

    Files.writeString(rules.resolve("broken.yml"), "title: x\n");
    Files.writeString(rules.resolve("own.jar"), "");
    Ran ran = Ran.run("rules", "publish", rules.toString());
    assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err())
        .contains("role.yaml\" is not read, because files with Sigma rules end in .yml")
        .contains("are not published, because only files that end in .yml are published")
        .doesNotContain("README");
  }

  @Test
  void allListsTellTheSame_withNetworksOnly() throws Exception {
    allTell("networks: networks.csv\n", Map.of("partner-ip-drift", NO_PARTNERS), false);
  }

  @Test
  void allListsTellTheSame_withEverything() throws Exception {
    allTell("networks: networks.csv\npartners: partners.yaml\n" + ESTATE, Map.of(), false);
  }

  @Test
  void allListsTellTheSame_ofRulesInShadowAndOff() throws Exception {
    allTell(
        """
        networks: networks.csv
        partners: nobody.yaml
        rules: {token-replay: {shadow: true}, defender-corroboration: {enabled: false}}
        """,
        Map.of(
            "token-replay", "shadow",
            "defender-corroboration", "off",
            "partner-ip-drift", "asleep: no partner in the partners file"),
        false);
  }

  @Test
  void noRuleSleeps_inTheConfigurationOfAFirstTry_whoseEstateIsTheCaptures() throws Exception {
    Config first = Config.read(Path.of("..", "docs", "try", "lockstep.yaml"), Map.of());
    Config demo =
        Config.read(Path.of("src", "main", "resources", "demo", "lockstep.yaml"), Map.of());
    assertThat(Wiring.ruleStates(first))
        .extracting(RuleStatus::runs)
        .containsOnly(RuleStatus.Runs.YES);
    assertThat(Wiring.enrichment(first).estate())
        .usingRecursiveComparison()
        .isEqualTo(Wiring.enrichment(demo).estate());
  }

  private void allTell(String config, Map<String, String> notYes, boolean warned) throws Exception {
    Map<String, String> expected = new TreeMap<>();
    IDS.forEach(id -> expected.put(id, "yes"));
    if (!config.contains("estate:")) {
      expected.putAll(WITHOUT_ESTATE);
    }
    expected.putAll(notYes);
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), config);
    fromDemo("networks.csv");
    fromDemo("partners.yaml");
    Files.writeString(folder.resolve("nobody.yaml"), "partners: []\n");
    String capture = capture();
    String read = "--config=" + file;

    Printed rules = run("rules", "list", read);
    assertThat(column(rules.out, "Rule", "Runs")).as("rules list").isEqualTo(expected);
    Map<String, String> listed = new TreeMap<>();
    for (JsonNode rule : JSON.readTree(run("rules", "list", "--json", read).out)) {
      listed.put(rule.get("id").textValue(), text(rule));
    }
    assertThat(listed).as("rules list --json").isEqualTo(expected);

    Path report = folder.resolve("report.html");
    Printed replay = run("replay", "--quiet", read, "--report", report.toString(), capture);
    assertThat(column(replay.out, "Detections by rule", "Runs")).as("replay").isEqualTo(expected);
    assertThat(new ReportJson(Files.readString(report)).runs()).as("report").isEqualTo(expected);
    assertThat(ofJson(run("replay", "--quiet", "--json", read, capture)))
        .as("replay --json")
        .isEqualTo(expected);

    String who = "--principal=jannis.janssen@northwindtraders.example";
    String explained = run("explain", "--quiet", read, who, capture).out.replaceAll("\\s+", " ");
    assertThat(explained).as("explain").contains("Rules: " + brief(expected) + ".");
    assertThat(ofJson(run("explain", "--quiet", "--json", read, who, capture)))
        .as("explain --json")
        .isEqualTo(expected);

    Config set = Config.read(file, Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1"));
    List<CheckReport.Line> examined =
        new RuleChecks(set, new HubSample(set.limits(), List.of()), Wiring.enrichment(set)).lines();
    assertThat(ofDoctor(examined)).as("doctor").isEqualTo(expected);
    Replay.Result result =
        new Replay(set.rules(), Wiring.enrichment(set), 0, Long.MAX_VALUE, 1)
            .run(List.of(capture), InputStream.nullInputStream(), Progress.of(true));
    ByteArrayOutputStream demo = new ByteArrayOutputStream();
    DemoCommand.rules(result).print(new PrintStream(demo, true, UTF_8));
    assertThat(column(demo.toString(UTF_8), "Rule", "Runs")).as("demo").isEqualTo(expected);

    String log = ofService(file, expected);
    assertThat(replay.err.contains("no networks file is configured")).isEqualTo(warned);
    assertThat(log.contains("no networks file is configured")).isEqualTo(warned);
  }

  /** Asks a service that cannot be started, and returns what it logged. */
  private static String ofService(Path file, Map<String, String> expected) throws Exception {
    Config config =
        Config.read(
            file,
            Map.of(
                "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "LOCKSTEP_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "NONE_SUCH"));
    Config.Heartbeat heartbeat = Objects.requireNonNull(config.heartbeat());
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try (Service service = new Service(config, Set.of(Service.Role.DETECT));
        Meters meters = new Meters(service)) {
      assertThatThrownBy(service::start).isInstanceOf(OperatorException.class);
      Map<String, @Nullable Object> beat =
          new HeartbeatRows(config, heartbeat, service, Instant.EPOCH)
              .at(InstantSource.system().instant().plus(Duration.ofMinutes(1)))
              .get(0);
      assertThat(beat.get("Rules")).as("heartbeat").isEqualTo(line(expected));
      String scraped = meters.registry().scrape();
      expected.forEach(
          (id, state) -> {
            String word = state.split(":", -1)[0];
            for (RuleStatus.Runs each : RuleStatus.Runs.values()) {
              assertThat(scraped)
                  .contains(
                      "lockstep_rule_state{rule=\"%s\",state=\"%s\"} %s\n"
                          .formatted(id, each.word(), each.word().equals(word) ? "1.0" : "0.0"));
            }
          });
    } finally {
      System.setErr(before);
    }
    String logged = log.toString(UTF_8);
    expected.forEach(
        (id, state) ->
            assertThat(logged)
                .as("start log")
                .contains("rule %s is %s\n".formatted(id, logged(state))));
    return logged;
  }

  private static String logged(String state) {
    return switch (state) {
      case "yes" -> "on";
      case "shadow" -> "in shadow";
      case "off" -> "off: its key enabled is false";
      default -> state;
    };
  }

  private static String line(Map<String, String> expected) {
    return String.join("; ", IDS.stream().map(id -> id + " " + expected.get(id)).toList());
  }

  private static String brief(Map<String, String> expected) {
    List<String> others = IDS.stream().filter(id -> !expected.get(id).equals("yes")).toList();
    return others.isEmpty()
        ? "all " + IDS.size() + " run"
        : IDS.size()
            - others.size()
            + " of "
            + IDS.size()
            + " run; "
            + String.join("; ", others.stream().map(id -> id + " " + expected.get(id)).toList());
  }

  private static Map<String, String> ofJson(Printed printed) throws IOException {
    Map<String, String> states = new TreeMap<>();
    JSON.readTree(printed.out)
        .get("rules")
        .properties()
        .forEach(rule -> states.put(rule.getKey(), text(rule.getValue())));
    return states;
  }

  private static String text(JsonNode rule) {
    String runs = rule.get("runs").textValue();
    String wants = rule.get("wants").textValue();
    return wants.isEmpty() ? runs : runs + ": no " + wants.replace(", ", " and no ");
  }

  private static Map<String, String> ofDoctor(List<CheckReport.Line> lines) {
    Map<String, String> states = new TreeMap<>();
    for (CheckReport.Line line : lines) {
      if (line.check().startsWith("rule ")) { // the first line of each
        states.putIfAbsent(line.check().substring(5), line.what().split("; the rule has", -1)[0]);
      }
    }
    return states;
  }

  /** Returns the column of a printed table under a heading, by the cells under the first. */
  private static Map<String, String> column(String text, String first, String heading) {
    Map<String, String> column = new TreeMap<>();
    List<String> lines = text.lines().toList();
    int head = 0;
    while (!lines.get(head).contains(first + " ")) {
      head++;
    }
    int from = lines.get(head).indexOf(heading) - lines.get(head).indexOf(first);
    for (String line : lines.subList(head + 1, lines.size())) {
      String id = line.split(" ", -1)[0];
      if (line.isEmpty()) {
        return column;
      }
      if (IDS.contains(id)) {
        column.put(id, line.substring(from).split(" {2}", -1)[0]);
      }
    }
    return column;
  }

  private record Printed(String out, String err) {}

  private static Printed run(String... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream beside = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, UTF_8));
    System.setErr(new PrintStream(beside, true, UTF_8));
    int code;
    try {
      code = Main.run(Main.commandLine(words), words);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(code).as("%s: %s", Arrays.asList(words), beside).isZero();
    return new Printed(said.toString(UTF_8), beside.toString(UTF_8));
  }

  private void fromDemo(String name) throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
      Files.write(folder.resolve(name), Objects.requireNonNull(in, name).readAllBytes());
    }
  }

  /** Writes the first messages of the bundled capture. */
  private String capture() throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("/demo/signins.jsonl.gz")) {
      String text =
          new String(new GZIPInputStream(Objects.requireNonNull(in)).readAllBytes(), UTF_8);
      List<String> lines = text.lines().limit(20).toList();
      return Files.write(folder.resolve("signins.jsonl"), lines).toString();
    }
  }
}
