package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.Main;
import dev.lockstep.app.accept.DetectionSummaries;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import picocli.CommandLine;

class AcceptCommandTest {
  private static final String ANA = "aaaaaaaa-0000-0000-0000-00000000000a";
  private static final String HOME = side("192.0.2.10", "192.0.2.0/24", 64500, "GB", "London");
  private static final String VPN = side("198.51.100.7", "198.51.100.0/24", 64511, "DE", "Berlin");
  private static final String VPN_ELSEWHERE =
      side("203.0.113.9", "203.0.113.0/24", 64511, "DE", "Berlin");

  private final StringWriter err = new StringWriter();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream standardOutput = System.out;

  @TempDir Path folder;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stopListening() {
    System.setOut(standardOutput);
  }

  private static String side(String ip, String prefix, int asn, String country, String city) {
    return """
    {"source":"files","category":"SignInLogs","eventId":"e","file":"x","line":1,"index":0,\
    "time":"2026-11-19T10:00:00.000Z","ip":"%s","place":{"country":"%s","city":"%s",\
    "latitude":1.0,"longitude":2.0,"accuracyKm":50.0},"network":{"asn":%d,"prefix":"%s",\
    "country":"%s"},"mattered":{"observation":"sign-in"}}\
    """
        .formatted(ip, country, city, asn, prefix, country);
  }

  private static String travel(String id, String principal, String ip, String... sides) {
    return """
    {"id":"%s","revision":1,"rule":"impossible-travel","ruleVersion":1,\
    "reason":"impossible-travel","severity":"High","title":"Travel of %s",\
    "principal":{"id":"%s","type":"user"},"ip":"%s","startTime":"2026-11-19T10:00:00.000Z",\
    "endTime":"2026-11-19T11:00:00.000Z","count":1,"evidence":[%s]}\
    """
        .formatted(id, id, principal, ip, String.join(",", sides));
  }

  private static String drift(String id, String partner, String reason, String ip, String side) {
    return """
    {"id":"%s","rule":"partner-ip-drift","reason":"%s","severity":"Medium","title":"Drift",\
    "partner":{"id":"%s","name":"F"},"ip":"%s","endTime":"2026-11-19T11:00:00.000Z",\
    "evidence":[%s]}\
    """
        .formatted(id, reason, partner, ip, side);
  }

  private int accept(String... args) {
    List<String> all = new ArrayList<>(List.of("accept", "--detections", file("out.jsonl") + ""));
    all.addAll(Arrays.asList(args));
    if (!all.contains("--config")) {
      all.addAll(List.of("--config", file("lockstep.yaml") + ""));
    }
    CommandLine command = Main.commandLine("accept").setErr(new PrintWriter(err));
    return command.execute(all.toArray(new String[0]));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(file(name), text);
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Returns what all files of a folder say, by their names. */
  private String accepted(String folderName) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path one : files(folderName)) {
      all.append(Files.readString(one));
    }
    return all.toString();
  }

  private List<Path> files(String folderName) throws IOException {
    if (!Files.isDirectory(file(folderName))) {
      return List.of();
    }
    try (Stream<Path> listed = Files.list(file(folderName))) {
      return listed.sorted().toList();
    }
  }

  private void travelled() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        String.join(
            "\n",
            travel("11111111aa", ANA, "198.51.100.7", HOME, VPN),
            travel("22222222bb", ANA, "198.51.100.7", HOME, VPN),
            travel("33333333cc", ANA, "203.0.113.9", HOME, VPN_ELSEWHERE),
            travel("44444444dd", "bob", "198.51.100.7", HOME, VPN),
            withdrawn(travel("55555555ee", ANA, "198.51.100.7", HOME, VPN))));
  }

  private static String withdrawn(String detection) {
    return detection.replace("\"reason\":\"impossible-travel\"", "\"reason\":\"withdrawn\"");
  }

  @Test
  void namesTheNetworkOfOneSide_ofASessionThatWasUsedInTwo() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        String.join(
            "\n",
            session("11111111aa", "198.51.100.7", HOME, VPN),
            session("22222222bb", "198.51.100.8", HOME, VPN),
            session("33333333cc", "203.0.113.9", HOME, VPN_ELSEWHERE)));

    assertThat(accept("11111111", "--expires", "2027-01-01")).isEqualTo(ExitCode.DONE);

    assertThat(accepted("exceptions.d"))
        .contains("rule: session-replay", "principal: " + ANA, "network: 198.51.100.0/24");
    assertThat(output()).contains("22222222").doesNotContain("33333333");
  }

  @Test
  void givesTheExceptionAnotherId_whereAnExpiredOneHasItsId() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write("out.jsonl", travel("11111111aa", ANA, "198.51.100.7", HOME, VPN));
    assertThat(accept("11111111", "--dry-run")).isEqualTo(ExitCode.DONE);
    String id =
        output()
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("id: "))
            .findFirst()
            .orElseThrow();
    write(
        "exceptions.yaml",
        "exceptions:\n  - {%s, rule: impossible-travel, principal: bob, reason: r, owner: o, expires: 2025-01-01}\n"
            .formatted(id));
    assertThat(accept("11111111")).as(err.toString()).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d")).contains(id + "-2\n");
  }

  @Test
  void namesTheWholeNetwork_ofASessionWhoseAddressesChange() throws IOException {
    String moving = VPN.replace("\"network\":{", "\"network\":{\"class\":\"vpn\",");
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write("out.jsonl", session("11111111aa", "192.0.2.10", HOME, moving));

    assertThat(accept("11111111", "--expires", "2027-01-01")).isEqualTo(ExitCode.DONE);

    assertThat(accepted("exceptions.d")).contains("network: AS64511");
  }

  @Test
  void namesTheNetworkOfOneSide_ofARuleThatFiresByPairs() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        String.join(
            "\n",
            gap("11111111aa", HOME, VPN),
            gap("22222222bb", VPN, HOME),
            gap("33333333cc", HOME, HOME, VPN),
            gap("44444444dd", HOME, VPN_ELSEWHERE),
            gap("55555555ee", HOME, VPN).replace("conditional-access-gap", "vault-outside")));

    assertThat(accept("11111111", "--json")).isEqualTo(ExitCode.DONE);

    assertThat(accepted("exceptions.d"))
        .contains("rule: conditional-access-gap", "network: 198.51.100.0/24");
    assertThat(output()).contains("\"alsoHides\":[\"22222222bb\"]");
    assertThat(accept("55555555")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d").split("network:", -1)).hasSize(2);
  }

  @Test
  void namesTheWholeNetwork_ofEachRuleThatFiresByPairs_whereAddressesChange() throws IOException {
    String moving = VPN.replace("\"network\":{", "\"network\":{\"class\":\"mobile\",");
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        String.join(
            "\n",
            gap("11111111aa", HOME, moving),
            travel("22222222bb", ANA, "198.51.100.7", HOME, moving)));

    assertThat(accept("11111111", "--json")).isEqualTo(ExitCode.DONE);
    assertThat(accept("22222222", "--json")).isEqualTo(ExitCode.DONE);

    assertThat(accepted("exceptions.d"))
        .contains("rule: conditional-access-gap", "rule: impossible-travel", "network: AS64511")
        .doesNotContain("198.51.100.0/24");
  }

  @Test
  void namesTheNetworkOfTheCall_whereSignInsOfSeveralNetworksHaveTheToken() throws IOException {
    String call = VPN.replace("SignInLogs", "GatewayLogs");
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        String.join(
            "\n",
            gap("11111111aa", call, HOME, VPN_ELSEWHERE),
            gap("22222222bb", call, VPN_ELSEWHERE, HOME)
                .replace("conditional-access-gap", "risky-sign-in-used"),
            gap("33333333cc", call, HOME, VPN_ELSEWHERE),
            gap("44444444dd", call, HOME.replace("SignInLogs", "GatewayLogs"), VPN_ELSEWHERE)));

    assertThat(accept("11111111", "--json")).isEqualTo(ExitCode.DONE);

    assertThat(accepted("exceptions.d"))
        .contains("rule: conditional-access-gap", "network: 198.51.100.0/24");
    assertThat(output()).contains("\"alsoHides\":[\"33333333cc\"]");
    assertThat(accept("22222222")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d").split("network:", -1)).hasSize(3);
  }

  private static String gap(String id, String... sides) {
    return travel(id, ANA, "198.51.100.7", sides)
        .replace("impossible-travel", "conditional-access-gap");
  }

  private static String session(String id, String ip, String... sides) {
    return travel(id, ANA, ip, sides).replace("impossible-travel", "session-replay");
  }

  @Test
  void saysWhatItHasWritten_whereTheNextCannotBeAccepted() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        travel("11111111aa", ANA, "198.51.100.7", HOME, VPN)
            + "\n"
            + withdrawn(travel("22222222bb", "bob", "198.51.100.7", HOME, VPN)));
    assertThat(accept("11111111", "22222222")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("22222222bb: it is withdrawn");
    assertThat(accepted("exceptions.d")).contains(ANA);
    assertThat(output()).contains("Detection 11111111aa", "Wrote ");
  }

  @Test
  void writesTheNarrowestException_andSaysWhatElseItHides() throws IOException {
    travelled();
    assertThat(
            accept("11111111", "--owner", "soc", "--reason", "her VPN", "--expires", "2099-01-01"))
        .isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d"))
        .contains(
            """
              rule: impossible-travel
              principal: aaaaaaaa-0000-0000-0000-00000000000a
              network: 198.51.100.0/24
              reason: her VPN
              owner: soc
              expires: 2099-01-01
            """
                .indent(2));
    assertThat(output())
        .contains("Wrote ", "1 of the 3 other detections", "22222222bb")
        .contains(
            "With network AS64511/DE instead, the exception would have hidden 2 other detections.")
        .doesNotContain("44444444dd");
  }

  /** Returns a detection that its incident has raised, or has left at High. */
  private static String ofIncident(String id, String rule, String from, String severity) {
    return travel(id, ANA, "198.51.100.7", HOME, VPN)
        .replace("\"rule\":\"impossible-travel\"", "\"rule\":\"" + rule + "\"")
        .replace("\"severity\":\"High\"", "\"severity\":\"" + severity + "\"")
        .replace(
            ",\"evidence\"",
            """
            ,"correlationId":"0a0a0a0a0a0a","gates":[{"gate":"speed","verdict":"passed",\
            "numbers":{"from":1}},{"gate":"incident","verdict":"raised","numbers":{"count":3,\
            "from":"%s","rules":"three"}}],"evidence"\
            """
                .formatted(from));
  }

  @Test
  @ResourceLock(Resources.SYSTEM_PROPERTIES)
  void saysWhichOthersWouldBeLower_becauseTheirIncidentWouldNoLongerRaiseThem() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    String others =
        String.join(
            "\n",
            ofIncident("22222222bb", "token-replay", "Medium", "High"),
            ofIncident("33333333cc", "session-replay", "High", "High"));
    write(
        "out.jsonl",
        ofIncident("11111111aa", "impossible-travel", "Medium", "High") + "\n" + others);
    assertThat(accept("11111111aa", "--dry-run")).isEqualTo(ExitCode.DONE);
    assertThat(output())
        .contains(
            "This entry would have hidden none of the 2 other detections of ",
            "This entry would also have lowered the severity of 1 other detection, because fewer"
                + " than 3 rules",
            "  22222222bb, 2026-11-19, token-replay, High: Travel of 22222222bb, then Medium")
        .doesNotContain("33333333cc");
    out.reset();
    System.setProperty(Terminal.COLUMNS, "60");
    try {
      accept("11111111aa", "--dry-run");
    } finally {
      System.clearProperty(Terminal.COLUMNS);
    }
    assertThat(output().lines())
        .as("fitted to a terminal")
        .containsSequence(
            "  22222222bb, 2026-11-19, token-replay, High: Travel of", "  22222222bb, then Medium");
    out.reset();
    assertThat(accept("11111111aa", "--dry-run", "--json")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("\"alsoLowers\":[\"22222222bb\"]");
    out.reset();
    String fourth = ofIncident("44444444dd", "password-spray", "Low", "Medium");
    write(
        "out.jsonl",
        ofIncident("11111111aa", "impossible-travel", "Medium", "High")
            + "\n"
            + others
            + "\n"
            + fourth);
    assertThat(accept("11111111aa", "--dry-run")).isEqualTo(ExitCode.DONE);
    assertThat(output()).as("three rules still agree").doesNotContain("lowered");
  }

  @Test
  void namesTheDetectionsOfAnIncident_whereItsIdIsGiven() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    write(
        "out.jsonl",
        String.join(
            "\n",
            ofIncident("11111111aa", "impossible-travel", "Medium", "High"),
            ofIncident("22222222bb", "token-replay", "Medium", "High"),
            withdrawn(ofIncident("33333333cc", "session-replay", "Low", "Medium"))));
    assertThat(accept("0a0a0a0a")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains(
            "could not accept the detection: \"0a0a0a0a\" is the id of an incident in ",
            ", not of a detection; the incident has the detections 11111111aa, 22222222bb; give the"
                + " ids of those that you expected")
        .doesNotContain("33333333cc");
    assertThat(accept("0a0a")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("has the id \"0a0a\"");
  }

  @Test
  void namesTheNetworkOfAGroup_whoseFirstEventAloneShowsTheOneAddress() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    String further = "{\"source\":\"files\",\"category\":\"SignInLogs\",\"eventId\":\"f\"}";
    String group =
        """
        {"id":"%s","revision":1,"rule":"password-spray","reason":"event-count","severity":"Medium",\
        "title":"Burst",%s"endTime":"2026-11-19T11:00:00.000Z","evidence":[%s]}\
        """;
    write(
        "out.jsonl",
        group.formatted("11111111aa", "\"ip\":\"198.51.100.7\",", VPN + "," + further)
            + "\n"
            + group.formatted("22222222bb", "", VPN + "," + further));

    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d")).contains("network: 198.51.100.0/24");
    assertThat(output()).contains("would not have hidden the one other detection of ");
    assertThat(accept("22222222bb")).isEqualTo(ExitCode.FAILED); // of several addresses
  }

  @Test
  void takesAWiderNetwork_whereTheSmallerDoesNotAnswerAll() throws IOException {
    travelled();
    write(
        "out.jsonl",
        travel(
            "11111111aa", ANA, "198.51.100.7", HOME, VPN, VPN_ELSEWHERE.replace("Berlin", "Bonn")));
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d")).contains("network: AS64511/DE");
  }

  @Test
  void takesNoNetwork_whereNoneAnswersAll() throws IOException {
    travelled();
    write(
        "out.jsonl",
        travel(
            "11111111aa",
            ANA,
            "198.51.100.7",
            HOME,
            side("192.0.2.99", "192.0.2.0/24", 64500, "GB", "Leeds"),
            VPN,
            VPN_ELSEWHERE.replace("Berlin", "Bonn")));
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d"))
        .as("two places at home remain: no network answers all")
        .doesNotContain("network:");
  }

  @Test
  void saysWhichConfigurationLacksTheFile_orThatThereIsNone() throws IOException {
    travelled();
    write("lockstep.yaml", "");
    assertThat(accept("44444444dd")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("lockstep.yaml has no exceptions file; add the line \"exceptions:");
    err.getBuffer().setLength(0);
    int code =
        Main.commandLine()
            .setErr(new PrintWriter(err))
            .execute("accept", "--detections", file("out.jsonl").toString(), "44444444dd");
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("no configuration is named, and the current folder has no lockstep.yaml")
        .doesNotContain("has no exceptions file");
  }

  @Test
  void writesNothing_inADryRun() throws IOException {
    travelled();
    assertThat(accept("11111111aa", "--dry-run", "--json")).isEqualTo(ExitCode.DONE);
    assertThat(file("exceptions.d")).doesNotExist();
    assertThat(output())
        .contains("\"written\":false", "\"alsoHides\":[\"22222222bb\"]", "\"lookedAt\":4")
        .contains("\"network: 198.51.100.0/24\"", "Accepted 11111111aa (Travel of 11111111aa)");
  }

  @Test
  void writesNothing_whereAnExceptionCoversItAlready() throws IOException {
    travelled();
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    String once = accepted("exceptions.d");
    assertThat(accept("22222222bb")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d")).isEqualTo(once);
    assertThat(file("exceptions.yaml")).doesNotExist();
    assertThat(output()).contains("Nothing to write:");
  }

  @Test
  void namesTheExpiredException_thatWasAboutTheSameFindings() throws IOException {
    travelled();
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    Path written = files("exceptions.d").get(0);
    Files.writeString(
        written, Files.readString(written).replaceFirst("expires: .*", "expires: 2026-11-01"));

    assertThat(accept("11111111aa")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString())
        .contains("could not write an exception: the exception impossible-travel-")
        .contains("is about the same findings, and ended at 2026-11-01T00:00:00Z")
        .contains("set the key expires of that exception to a later date")
        .doesNotContain("-2.yaml");
    assertThat(files("exceptions.d")).containsExactly(written);
  }

  @Test
  void namesTheExpiredException_alsoWhereItHidTheDetectionItself() throws IOException {
    travelled();
    String old = Files.readString(file("out.jsonl")).replace("2026-11-19", "2020-11-19");
    write("out.jsonl", old);
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    Path written = files("exceptions.d").get(0);
    Files.writeString(
        written, Files.readString(written).replaceFirst("expires: .*", "expires: 2020-11-25"));

    assertThat(accept("11111111aa")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString())
        .contains("is about the same findings, and ended at 2020-11-25T00:00:00Z")
        .contains("set the key expires of that exception to a later date");
    assertThat(output()).doesNotContain("Nothing to write");
  }

  @Test
  void namesTheExceptionThatEndsBeforeTheTimeThatIsAskedFor() throws IOException {
    travelled();
    assertThat(accept("11111111aa", "--expires", "2190-01-01")).isEqualTo(ExitCode.DONE);

    assertThat(accept("11111111aa", "--expires", "2191-01-01")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString())
        .contains("is about the same findings, and ends at 2190-01-01T00:00:00Z")
        .contains("set the key expires of that exception to a later date");
    assertThat(accept("11111111aa", "--expires", "2189-01-01")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("Nothing to write");
    assertThat(files("exceptions.d")).hasSize(1);
  }

  @Test
  void letsOthersListTheFolderThatItCreates_underTheMaskOfTheLauncher() throws Exception {
    travelled();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                "-c",
                "umask 077; exec \"$0\" dev.lockstep.app.Main accept 11111111aa --config \"$1\""
                    + " --detections \"$2\"",
                java,
                file("lockstep.yaml").toString(),
                file("out.jsonl").toString())
            .redirectErrorStream(true)
            .redirectOutput(file("said").toFile())
            .directory(folder.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    assertThat(process.waitFor()).as(Files.readString(file("said"))).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("exceptions.d"))))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void refusesAPrincipalWithAPseudonym() throws IOException {
    travelled();
    write(
        "out.jsonl",
        travel("finding-0c91f5a2b7d4e836", "user-6577e9db66142283", "198.51.100.7", HOME, VPN));

    assertThat(accept("finding-0c91f5a2b7d4e836")).isEqualTo(ExitCode.FAILED);

    assertThat(err.toString())
        .contains(
            "the principal user-6577e9db66142283 is a pseudonym, which --redact wrote in the place"
                + " of an id, so the exception would hide nothing")
        .contains("name a file that replay wrote without --redact");
    assertThat(files("exceptions.d")).isEmpty();
  }

  @Test
  void takesAFindingThatWasRedacted_whosePrincipalIsNoUser() throws IOException {
    travelled();
    String finding = travel("finding-0c91f5a2b7d4e836", ANA, "198.51.100.7", HOME, VPN);
    write("out.jsonl", finding.replace("\"type\":\"user\"", "\"type\":\"workload\""));

    assertThat(accept("finding-0c91f5a2b7d4e836")).as(err.toString()).isEqualTo(ExitCode.DONE);

    assertThat(accepted("exceptions.d")).contains("principal: " + ANA);
  }

  @Test
  void leavesTheFileOfAPersonAlone_andIsUndoneByDeletingItsOwn() throws IOException {
    travelled();
    String before =
        """
        # ours
        exceptions:
          - {rule: impossible-travel, principal: x, reason: y, owner: z, expires: 2026-01-01}  # old
        """;
    write("exceptions.yaml", before);
    assertThat(accept("44444444dd")).isEqualTo(ExitCode.DONE);
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    assertThat(file("exceptions.yaml")).hasContent(before);
    assertThat(files("exceptions.d")).hasSize(2);
    assertThat(files("exceptions.d").get(0).getFileName().toString())
        .matches("20[0-9]{2}-[0-9]{2}-[0-9]{2}-impossible-travel-[0-9a-f]{8}\\.yaml");
    assertThat(accept("44444444dd")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("Nothing to write:");
    for (Path one : files("exceptions.d")) {
      Files.delete(one);
    }
    assertThat(accept("44444444dd")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d")).contains("principal: bob");
  }

  @Test
  void writesIntoAFolder_thatIsConfiguredAlone() throws IOException {
    travelled();
    write("lockstep.yaml", "exceptions: accepted.d\n");
    assertThat(accept("44444444dd", "--json")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("accepted.d")).contains("principal: bob");
    assertThat(output()).contains("\"file\":\"" + files("accepted.d").get(0) + "\"");
    assertThat(accept("44444444dd")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("Nothing to write:");
  }

  @Test
  void answersAFlaggedAddress_andSaysWhereAnAlertOutweighs() throws IOException {
    travelled();
    write(
        "out.jsonl",
        """
        {"id":"55555555ee","rule":"defender-corroboration","reason":"flagged-address",\
        "severity":"High","title":"Ana at","principal":{"id":"ana","type":"user"},\
        "ip":"198.51.100.7","endTime":"2026-11-19T11:00:00.000Z","evidence":[{"ip":"198.51.100.7"},\
        {"category":"AlertEvidence"}],"defenderAlerts":[{"id":"al-1"}]}
        """
            + travel("11111111aa", ANA, "198.51.100.7", HOME, VPN)
                .replace("\"evidence\"", "\"defenderAlerts\":[{\"id\":\"al-1\"}],\"evidence\""));
    assertThat(accept("55555555ee")).isEqualTo(ExitCode.DONE);
    assertThat(accepted("exceptions.d")).contains("network: 198.51.100.0/24");
    assertThat(output()).doesNotContain("outweighs");
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("confirms this detection. Such an alert outweighs an exception");
  }

  @Test
  void refusesADetectionOfARuleOrPartner_thatTheConfigurationDoesNotHave() throws IOException {
    travelled();
    write(
        "out.jsonl",
        travel("11111111aa", ANA, "198.51.100.7", HOME, VPN).replace("impossible-travel", "own")
            + "\n"
            + drift("22222222bb", "fabrikam", "new-network", "198.51.100.7", VPN));

    assertThat(accept("11111111aa")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("could not write an exception: the configuration has no rule \"own\"")
        .doesNotContain("exceptions.d");
    assertThat(accept("22222222bb")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("could not write an exception: the configuration has no partner \"fabrikam\"")
        .doesNotContain("exceptions.d");
  }

  @Test
  void addsAPartnersNetwork_orItsRange() throws IOException {
    write("lockstep.yaml", "partners: partners.yaml\n");
    write(
        "partners.yaml",
        """
        partners:
          - id: fabrikam          # learned
            networks: [AS64500/DE] # known
          - id: tailspin
            cidrs: [192.0.2.0/24]
        """);
    write(
        "out.jsonl",
        String.join(
            "\n",
            drift("11111111aa", "fabrikam", "new-network", "198.51.100.7", VPN),
            drift("22222222bb", "tailspin", "outside-allowlist", "198.51.100.7", VPN),
            drift("33333333cc", "fabrikam", "hosting", "203.0.113.9", VPN_ELSEWHERE)));
    assertThat(accept("11111111aa", "--expires", "2099-01-01")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("could not use --expires: a partner's network has no end");
    assertThat(files("partners.d")).isEmpty();
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("1 of the 2 other detections", "33333333cc");
    assertThat(accept("22222222bb", "--reason", "their VPN", "--owner", "soc"))
        .isEqualTo(ExitCode.DONE);
    assertThat(file("partners.yaml")).content().doesNotContain("64511", "198.51.100.0");
    assertThat(accepted("partners.d"))
        .isEqualTo(
            """
            additions:
              - partner: fabrikam
                networks: [AS64511/DE]
                note: Accepted 11111111aa (Drift)
            additions:
              - partner: tailspin
                cidrs: [198.51.100.0/24]
                note: their VPN (soc)
            """);
    assertThat(accept("33333333cc")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("Nothing to write:");
    assertThat(files("partners.d")).hasSize(2);
    assertThat(accept("11111111aa", "--as", "exception")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("add the line \"exceptions: exceptions.yaml\"");
  }

  @Test
  void refusesAPartnersNetwork_thatTheDetectionDoesNotShow() throws IOException {
    write("lockstep.yaml", "partners: partners.yaml\n");
    write("partners.yaml", "partners: [{id: fabrikam}]\n");
    String nameless = "{\"ip\":\"203.0.113.9\",\"network\":{\"prefix\":\"203.0.113.0/24\"}}";
    write(
        "out.jsonl",
        String.join(
            "\n",
            drift("11111111aa", "fabrikam", "new-network", "203.0.113.9", nameless),
            drift("22222222bb", "fabrikam", "new-network", "203.0.113.9", ""),
            drift("33333333cc", "fabrikam", "outside-allowlist", "none", "{\"ip\":\"none\"}")));
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("the number of the autonomous system of \"203.0.113.9\" is not known");
    assertThat(accept("22222222bb")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("22222222bb cites no event");
    assertThat(accept("33333333cc")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("no range can be made of the address \"none\"");
  }

  @Test
  void writesNothingIntoTheSourcesOfTheProgram() throws IOException {
    String demo = "app/src/main/resources/demo";
    Files.createDirectories(file(demo));
    write("lockstep.yaml", "partners: %1$s/p.yaml\nexceptions: %1$s/e.yaml\n".formatted(demo));
    write(demo + "/p.yaml", "partners: [{id: fabrikam, name: F, subscriptions: [fab-prod]}]\n");
    String side = side("203.0.113.9", "203.0.113.0/24", 64511, "DE", "Berlin");
    write("out.jsonl", drift("11111111aa", "fabrikam", "new-network", "203.0.113.9", side));
    Path main = file("app/src/main/java/dev/lockstep/app/Main.java");
    Files.createDirectories(main.getParent());
    Files.writeString(main, "");

    assertThat(accept("11111111aa")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .startsWith("could not write \"" + file(demo + "/p.d") + "/")
        .contains("is in the source tree of Lockstep; copy the partners file", "--dry-run");
    err.getBuffer().setLength(0);
    assertThat(accept("11111111aa", "--as", "exception")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("copy the exceptions file to a folder of yours");
    assertThat(accept("11111111aa", "--dry-run")).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("Would write " + file(demo + "/p.d"));
    assertThat(files(demo)).containsExactly(file(demo + "/p.yaml"));

    Files.delete(main); // a folder of the same name somewhere else
    assertThat(accept("11111111aa")).as(err.toString()).isEqualTo(ExitCode.DONE);
    assertThat(files(demo + "/p.d")).hasSize(1);
  }

  @Test
  void namesACopyOfTheConfigurationFirst_whereItIsAmongTheSources() throws IOException {
    travelled();
    String config = "docs/try/lockstep.yaml";
    Files.createDirectories(file("docs/try"));
    Path main = file("app/src/main/java/dev/lockstep/app/Main.java");
    Files.createDirectories(main.getParent());
    Files.writeString(main, "");
    write("docs/try/p.yaml", "partners: []\n");
    for (String text : new String[] {"partners: p.yaml\n", "exceptions: exceptions.yaml\n"}) {
      write(config, text);
      err.getBuffer().setLength(0);
      assertThat(accept("99999999", "--config", file(config) + "")).isEqualTo(ExitCode.FAILED);
      assertThat(err.toString())
          .startsWith("could not accept the detection: the configuration \"" + file(config) + "\"")
          .contains("copy the configuration, and the files that it names, to a folder", "--config")
          .doesNotContain("add the line", "check the id");
    }
    assertThat(accept("11111111aa", "--config", file(config) + "", "--dry-run"))
        .isEqualTo(ExitCode.DONE);
    write(config, "partners: p.yaml\n");
    err.getBuffer().setLength(0);
    assertThat(accept("11111111aa", "--config", file(config) + "", "--dry-run"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("copy the configuration, and the files")
        .doesNotContain("add the line");
    assertThat(file("docs/try/exceptions.d")).doesNotExist();

    assertThat(accept("11111111aa")).as("top of the tree").isEqualTo(ExitCode.DONE);
    assertThat(files("exceptions.d")).hasSize(1);
    Files.createDirectories(file("mine"));
    write("mine/lockstep.yaml", "exceptions: exceptions.yaml\n");
    assertThat(accept("11111111aa", "--config", file("mine/lockstep.yaml") + ""))
        .isEqualTo(ExitCode.DONE);
    assertThat(files("mine/exceptions.d")).hasSize(1);
  }

  @Test
  void saysHowManyItLookedAt_whereThereIsNoSuchDetection() throws IOException {
    travelled();
    assertThat(accept("99999999")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains(
            "could not accept the detection: no detection in ",
            " has the id \"99999999\" (number of detections: 4)") // and not the withdrawn one
        .contains("; check the id, which", "or give the file that has the detection as")
        .doesNotContain("whole id", "another run");
    DetectionSummaries ofTopic = new DetectionSummaries("topic detections", false, Map.of());
    assertThatThrownBy(() -> ofTopic.find("9".repeat(32)))
        .hasMessageContaining(
            "; for a detection of another run, give the file of that run as option --detections")
        .hasMessageNotContaining("whole id");
  }

  @Test
  void refusesATextThatIsNoId_beforeItAsksTheCluster() throws IOException {
    write("lockstep.yaml", "kafka: {bootstrapServers: \"localhost:1\"}\n");
    String[][] wrong = {
      {"5f0e7f5", "\"5f0e7f5\" is too short for the beginning of an id"},
      {"0123456789abcdefg", "\"0123456789abcdefg\" cannot be an id, which has 32 characters, each"},
      {"0".repeat(33), "cannot be an id"},
      {"finding-27675c64abc735f4", "is a pseudonym, which --redact wrote in the place of an id"},
      {folder.toString(), "name the file with --detections"},
    };
    for (String[] each : wrong) {
      err.getBuffer().setLength(0);
      int code =
          Main.commandLine()
              .setErr(new PrintWriter(err))
              .execute("accept", "--config", file("lockstep.yaml") + "", "0123456789", each[0]);
      assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString())
          .startsWith("could not accept the detection: ")
          .contains(each[1])
          .doesNotContain("localhost");
    }
  }

  @Test
  void refusesAnExpiryThatHidesNothing() throws IOException {
    travelled();
    assertThat(accept("11111111aa", "--expires", "2026-11-19")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("so the exception would hide no new finding; give a later day");
    assertThat(accept("11111111aa", "--expires", "soon")).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void refusesAFileThatHoldsNoDetections() throws IOException {
    travelled();
    write("out.jsonl", "{\"category\":\"SignInLogs\"}\n");
    assertThat(accept("11111111aa")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("out.jsonl:1: the line is not a complete detection");
  }

  @Test
  void takesTheWholeNetwork_whereItsAddressesChange_andSeveralAtOnce() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    String vpn = VPN.replace("\"asn\":64511", "\"class\":\"vpn\",\"asn\":64511");
    String exit = VPN_ELSEWHERE.replace("\"asn\":64511", "\"class\":\"vpn\",\"asn\":64511");
    write(
        "out.jsonl",
        String.join(
            "\n",
            travel("11111111aa", ANA, "192.0.2.10", HOME, vpn),
            travel("33333333cc", ANA, "203.0.113.9", HOME, exit),
            travel("44444444dd", "bob", "198.51.100.7", HOME, vpn)));
    assertThat(accept("11111111aa", "44444444dd", "--json")).isEqualTo(ExitCode.DONE);
    assertThat(output())
        .startsWith("[{\"id\":\"11111111aa\"")
        .contains("\"alsoHides\":[\"33333333cc\"]", "\"network: AS64511\"");
    assertThat(accepted("exceptions.d"))
        .contains("principal: " + ANA, "principal: bob")
        .doesNotContain("198.51.100.0/24");
  }

  @Test
  void takesTheRowsThatDemoWrote_inTheirHighestRevision() throws IOException {
    write("lockstep.yaml", "exceptions: exceptions.yaml\n");
    String row =
        """
        {"TimeGenerated":"2026-11-28T08:27:24.172Z","DetectionId":"abcdefgh1","Revision":%d,"Rule":"impossible-travel",\
        "Reason":"%s","Severity":"High","AlertTitle":"Travel of Ana","Principal":{"id":"u1","type":"user"},\
        "StartTime":"2026-11-19T10:00:00.000Z","EndTime":"2026-11-19T11:00:00.000Z","Count":1}
        """;
    write("out.jsonl", row.formatted(2, "impossible-travel") + row.formatted(1, "withdrawn"));
    assertThat(accept("abcdefgh1")).as("%s", err).isEqualTo(ExitCode.DONE);
    assertThat(output()).contains("Travel of Ana", "principal: u1");
  }
}
