package dev.lockstep.app.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.FirstRejections;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Canaries in every field that names a person, and every output that may show one. */
final class RedactionTest {
  private static final String USER = "c0ffee00-1111-4222-8333-0000000000aa";
  private static final String UPN = "Canary.Anna@contoso.example";
  private static final String SECOND = "c0ffee00-1111-4222-8333-0000000000bb";
  private static final String DISPLAY = "Canary Öhlund";
  private static final String DEVICE = "c0ffee00-2222-4222-8333-0000000000cc";
  private static final String SESSION = "c0ffee00-3333-4222-8333-0000000000dd";
  private static final String TOKEN = "c0ffee00-4444-4222-8333-0000000000ee";
  private static final String OWNER = "Canary Owner";
  private static final List<String> CANARIES =
      List.of(
          USER, UPN, SECOND, DISPLAY, "Öhlund", DEVICE, SESSION, TOKEN, OWNER, "canary.stranger");

  @TempDir Path folder;

  private record Said(int code, String out, String err) {}

  @Test
  @ResourceLock(Resources.SYSTEM_OUT)
  void isInNoOutput() throws IOException {
    Path capture = capture();
    Path config = config();
    List<String> outputs = new ArrayList<>();
    List<String> plain = new ArrayList<>();
    for (boolean redacted : new boolean[] {false, true}) {
      List<String> into = redacted ? outputs : plain;
      Path file = folder.resolve("out-" + redacted + ".jsonl");
      Path page = folder.resolve("page-" + redacted + ".html");
      for (boolean json : new boolean[] {false, true}) {
        add(
            into,
            redacted,
            json,
            "replay",
            "--output",
            file.toString(),
            "--report",
            page.toString(),
            capture.toString(),
            "--config",
            config.toString());
        for (String about :
            List.of(
                "--principal=" + USER,
                "--principal=" + DISPLAY,
                "--token=" + TOKEN,
                "--ip=198.51.100.7")) {
          add(
              into,
              redacted,
              json,
              "explain",
              "--all",
              about,
              capture.toString(),
              "--config",
              config.toString());
        }
      }
      into.add(Files.readString(file));
      into.add(Files.readString(page));
    }
    String all = String.join("\n", plain).toLowerCase(Locale.ROOT);
    assertThat(CANARIES)
        .as("each canary but the session is shown where nothing is redacted")
        .allMatch(
            canary -> canary.equals(SESSION) || all.contains(canary.toLowerCase(Locale.ROOT)));
    for (String output : outputs) {
      String lower = output.toLowerCase(Locale.ROOT);
      assertThat(CANARIES)
          .as(output)
          .noneMatch(canary -> lower.contains(canary.toLowerCase(Locale.ROOT)));
      assertThat(lower).doesNotContain("c0ffee").doesNotContain("canary");
    }
    assertThat(outputs).as("what is shown instead").anyMatch(output -> output.contains("user-"));
    assertThat(Files.readString(folder.resolve("out-true.jsonl")).lines().count())
        .as("findings")
        .isEqualTo(Files.readString(folder.resolve("out-false.jsonl")).lines().count())
        .isGreaterThan(2);
  }

  @Test
  @ResourceLock(Resources.SYSTEM_OUT)
  void isTheSame_underTheSameKey_andNotUnderAnother() throws IOException {
    Path capture = capture();
    Path config = config();
    Path one = Files.writeString(folder.resolve("one.key"), "0123456789abcdef0123456789abcdef\n");
    Path two = Files.writeString(folder.resolve("two.key"), "fedcba9876543210fedcba9876543210");
    List<String> outputs = new ArrayList<>();
    for (Path key : Arrays.asList(one, one, two, null)) {
      List<String> args =
          new ArrayList<>(
              List.of(
                  "replay",
                  "--quiet",
                  "--redact",
                  "--output",
                  folder.resolve("out.jsonl").toString(),
                  "--config",
                  config.toString()));
      if (key != null) {
        args.addAll(List.of("--redact-key", key.toString()));
      }
      args.add(capture.toString());
      Said said = run(args);
      assertThat(said.code()).as(said.err()).isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
      assertThat(said.err())
          .contains(
              key == null
                  ? "pseudonyms made with a random key"
                  : "pseudonyms made with the given key");
      outputs.add(Files.readString(folder.resolve("out.jsonl")));
    }
    assertThat(outputs.get(0)).isNotEmpty();
    assertThat(outputs.get(1)).isEqualTo(outputs.get(0));
    assertThat(outputs.get(2)).isNotEqualTo(outputs.get(0));
    assertThat(outputs.get(3)).isNotEqualTo(outputs.get(0)).isNotEqualTo(outputs.get(2));
    Path guessable = Files.writeString(folder.resolve("short.key"), "abc");
    assertThat(
            run(List.of(
                    "replay", "--redact", "--redact-key", guessable.toString(), capture.toString()))
                .err())
        .contains("could not read the key")
        .contains("fewer than 16 characters")
        .doesNotContain("abc\n");
    assertThat(
            run(List.of(
                    "replay", "--redact", "--redact-key", folder.toString(), capture.toString()))
                .err())
        .contains("it is a folder; name a file");
  }

  @Test
  void replacesWordsOnly_andWhatHasTheFormOfAnAddress() {
    Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
    redaction.learn("user", "ann");
    redaction.learn("user", "ann@x.example");
    String ann = redaction.text("ann");
    assertThat(redaction.text("Ann, anna and joann")).isEqualTo(ann + ", anna and joann");
    assertThat(redaction.text("dir/ANN@x.example-2026.json"))
        .isEqualTo("dir/" + redaction.text("ann@x.example") + "-2026.json");
    assertThat(redaction.text("by Bob@y.example."))
        .startsWith("by user-")
        .endsWith(".")
        .doesNotContain("@");
    assertThat(redaction.text("\u0130 ann")).isEqualTo("\u0130 " + ann);
    assertThat(redaction.text("at 10:00 @ noon")).isEqualTo("at 10:00 @ noon");
  }

  @Test
  void replacesAddressesInLinks_byThePseudonymOfTheAddress() {
    Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
    String bob = redaction.text("bob+1@y.example");
    assertThat(redaction.text("https://h.example/user?a=1&upn=Bob%2B1%40y.example&x=2"))
        .isEqualTo("https://h.example/user?a=1&upn=" + bob + "&x=2");
    assertThat(redaction.text("u/bob+1%40y.example.")).isEqualTo("u/" + bob + ".");
    assertThat(redaction.text("70%%40y.example")).doesNotContain("y.example");
    assertThat(redaction.text("50%40, 50%40.5 and %40y.example"))
        .isEqualTo("50%40, 50%40.5 and %40y.example");
  }

  @Test
  void replacesAddressesInLinksWithinLinks() {
    Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
    String bob = redaction.text("bob+1@y.example");
    assertThat(redaction.text("https://h.example/?upn=bob%252B1%2540y.example&x=2"))
        .isEqualTo("https://h.example/?upn=" + bob + "&x=2");
    assertThat(redaction.text("u/bob%25252B1%252540y.example.")).isEqualTo("u/" + bob + ".");
    assertThat(
            redaction.text(
                "https://h.example/?to=https%3A%2F%2Fg.example%3Fa%3D1%26upn%3DBob%252B1%2540y.example%26x"))
        .isEqualTo("https://h.example/?to=https%3A%2F%2Fg.example%3Fa%3D1%26upn%3D" + bob + "%26x");
    assertThat(redaction.text("u%3Dbob%2B1%40y.example")).isEqualTo("u%3D" + bob);
    assertThat(redaction.text("%C3%B6%40y.example")).isEqualTo(redaction.text("\u00f6@y.example"));
    for (String other :
        List.of(
            "50%2540, 50%2540.5 and %2540y.example",
            "a%25252540y.example",
            "a%2541y.example, a%254y.example and a%25 40y.example",
            "%2540%2540%2540")) {
      assertThat(redaction.text(other)).isEqualTo(other);
    }
  }

  @Test
  void replacesNamesOfOneOrTwoCharacters_inASentence() {
    Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
    for (String name : List.of("Li", "Bo", "An", "X", "王伟", "伟", "김민수", "42", "-")) {
      redaction.learn("user", name);
    }
    String li = redaction.text("li");
    assertThat(li).startsWith("user-");
    assertThat(redaction.text("Li used a token of Bo, and Lin one of Lisbon's Bob"))
        .isEqualTo(
            li + " used a token of " + redaction.text("Bo") + ", and Lin one of Lisbon's Bob");
    assertThat(redaction.text("token of Li")).isEqualTo("token of " + li);
    assertThat(redaction.text("an address of An"))
        .isEqualTo("an address of " + redaction.text("An"));
    assertThat(redaction.text("sign-in of X (TX-1)"))
        .isEqualTo("sign-in of " + redaction.text("X") + " (TX-1)");
    assertThat(redaction.text("Impossible travel of 王伟"))
        .isEqualTo("Impossible travel of " + redaction.text("王伟"));
    assertThat(redaction.text("用户王伟登录，伟")).doesNotContain("伟").contains("用户", "登录");
    assertThat(redaction.text("김민수가 Lisbon으로")).doesNotContain("김민수").endsWith("가 Lisbon으로");
    assertThat(redaction.text("42 km - 43 km")).isEqualTo("42 km - 43 km");
  }

  @Test
  void replacesTheNameOfASignInWithoutUpn_inTitleAndDescription() {
    for (String name : List.of("Li", "王伟", "Q")) {
      Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
      redaction.learn(
          ActivityBuilder.event(ActivityKind.SIGN_IN, "SignInLogs", "2026-11-19T10:00:00Z")
              .with(activity -> activity.setPrincipal(new Principal(USER, name, "user")))
              .build());
      Detection finding = ReportFindings.finding("01", "token-replay", Severity.Low, 0);
      finding.setTitle("Token of " + name + " used in two countries");
      finding.setDescription(name + " signed in, and " + name + "'s token was used elsewhere.");
      Detection shown = redaction.detection(finding);
      assertThat(shown.getTitle()).doesNotContain(name).contains("user-");
      assertThat(shown.getDescription())
          .doesNotContain(name)
          .endsWith("'s token was used elsewhere.");
    }
  }

  @Test
  void leavesAWorkload_whoseSignInDoesNotSayThatItsTokenIsAnApplications() {
    String workload = "c0ffee00-5555-4222-8333-0000000000ff";
    Token token = new Token();
    token.setOid(workload);
    Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
    redaction.learn(
        ActivityBuilder.event(
                ActivityKind.SIGN_IN, "ServicePrincipalSignInLogs", "2026-11-19T10:00:00Z")
            .with(
                activity -> {
                  activity.setPrincipal(new Principal(workload, "nightly-job", "workload"));
                  activity.setToken(token);
                })
            .build());
    assertThat(redaction.text(workload)).isEqualTo(workload);
    redaction.learn(
        ActivityBuilder.call("2026-11-19T10:00:00Z").with(call -> call.setToken(token)).build());
    assertThat(redaction.text(workload))
        .as("of a call whose caller is unknown")
        .startsWith("user-");
  }

  @Test
  void putsFindingsInTheOrderOfTheIdsThatAreShown() {
    List<Detection> found = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      found.add(ReportFindings.finding("%02d".formatted(i), "token-replay", Severity.Low, i / 10));
    }
    Redaction redaction = new Redaction(Pseudonyms.of(new Secret("a key of some length")));
    List<Detection> shown =
        redaction
            .result(
                new Replay.Result(
                    found,
                    new IngestCounts(),
                    new FirstRejections(),
                    new DetectionCounters(),
                    GeoDatabases.none(),
                    0,
                    0,
                    0,
                    List.of(),
                    List.of()))
            .detections();
    assertThat(shown)
        .hasSize(20)
        .isSortedAccordingTo(
            Comparator.comparing(Detection::getEndTime).thenComparing(Detection::getId));
  }

  private static void add(List<String> into, boolean redacted, boolean json, String... words) {
    List<String> args = new ArrayList<>(Arrays.asList(words));
    args.add("--quiet");
    if (redacted) {
      args.add("--redact");
    }
    if (json) {
      args.add("--json");
    }
    Said said = run(args);
    assertThat(said.code()).as(args + " " + said.err()).isEqualTo(ExitCode.DONE_WITH_REJECTIONS);
    into.add(said.out());
    into.add(said.err());
  }

  private static Said run(List<String> args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.out;
    PrintStream errBefore = System.err;
    PrintStream written = new PrintStream(out, true, StandardCharsets.UTF_8);
    try {
      System.setOut(written);
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      String[] words = args.toArray(String[]::new);
      int code = Main.run(Main.commandLine(words), words);
      return new Said(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
      System.setErr(errBefore);
    }
  }

  private Path config() throws IOException {
    Files.writeString(
        folder.resolve("exceptions.yaml"),
        """
        exceptions:
          - rule: token-replay
            principal: %s
            reason: asked by %s
            owner: %s
            expires: 2027-01-01
        """
            .formatted(SECOND, UPN, OWNER));
    return Files.writeString(
        folder.resolve("lockstep.yaml"), "exceptions: exceptions.yaml\nbundledNetworks: false\n");
  }

  private Path capture() throws IOException {
    Path home = Files.createDirectories(folder.resolve("capture").resolve(UPN));
    Files.writeString(
        home.resolve(USER + ".jsonl"),
        String.join(
            "\n",
            signIn(
                "10:00",
                USER,
                ",\"userPrincipalName\":\"" + UPN + "\"",
                "203.0.113.7",
                "London",
                51.5,
                -0.12,
                64500,
                "GB"),
            signIn(
                "10:40",
                USER,
                ",\"userPrincipalName\":\"" + UPN + "\"",
                "198.51.100.7",
                "Sydney",
                -33.87,
                151.21,
                64501,
                "AU"),
            signIn(
                "11:00",
                SECOND,
                ",\"userDisplayName\":\"" + DISPLAY + "\"",
                "203.0.113.8",
                "London",
                51.5,
                -0.12,
                64500,
                "GB"),
            signIn(
                "11:40",
                SECOND,
                ",\"userDisplayName\":\"" + DISPLAY + "\"",
                "198.51.100.8",
                "Sydney",
                -33.87,
                151.21,
                64501,
                "AU"),
            call("10:20", USER),
            call("10:21", SECOND),
            alert(),
            "{\"category\":\"SignInLogs\",\"properties\":{\"id\":\"%s\",\"userPrincipalName\":\"%s\"}}"
                .formatted(USER, UPN)));
    return folder.resolve("capture");
  }

  private static String signIn(
      String time,
      String user,
      String name,
      String ip,
      String city,
      double latitude,
      double longitude,
      int asn,
      String country) {
    String at = "2026-11-19T" + time + ":00Z";
    return """
    {"time":"%1$s","category":"SignInLogs","properties":{"id":"sign-in-%3$s-%1$s",\
    "createdDateTime":"%1$s","userId":"%2$s"%4$s,"ipAddress":"%3$s","autonomousSystemNumber":%8$d,\
    "uniqueTokenIdentifier":"%10$s","deviceDetail":{"deviceId":"%11$s","isManaged":false},\
    "location":{"city":"%5$s","countryOrRegion":"%9$s",\
    "geoCoordinates":{"latitude":%6$s,"longitude":%7$s}},"status":{"errorCode":0}}}\
    """
        .formatted(
            at,
            user,
            ip,
            name,
            city,
            latitude,
            longitude,
            asn,
            country,
            time.equals("10:00") ? TOKEN : "other-" + time,
            DEVICE);
  }

  private static String call(String time, String user) {
    String at = "2026-11-19T" + time + ":00Z";
    String link =
        """
        {\\"v\\":1,\\"uti\\":\\"%s\\",\\"sid\\":\\"%s\\",\\"oid\\":\\"%s\\",\\"idtyp\\":\\"user\\"}\
        """
            .formatted(TOKEN, SESSION, user);
    return """
    {"time":"%1$s","category":"GatewayLogs","callerIpAddress":"192.0.2.77","correlationId":"call-%1$s",\
    "properties":{"responseCode":200,"traceRecords":[{"source":"lockstep","message":"%2$s"}]}}\
    """
        .formatted(at, link);
  }

  private static String alert() {
    return """
    {"records":[{"time":"2026-11-19T10:42:00Z","category":"AdvancedHunting-AlertInfo","properties":{\
    "Timestamp":"2026-11-19T10:41:00Z","AlertId":"a-1","Title":"Odd sign-in of %1$s and canary.stranger@x.example",\
    "Severity":"High","ServiceSource":"Microsoft Defender for Identity"}},\
    {"time":"2026-11-19T10:42:00Z","category":"AdvancedHunting-AlertEvidence","properties":{\
    "Timestamp":"2026-11-19T10:41:00Z","AlertId":"a-1","ServiceSource":"Microsoft Defender for Identity",\
    "EntityType":"Ip","Title":"Odd sign-in of %1$s and canary.stranger@x.example","Severity":"High",\
    "RemoteIP":"198.51.100.7"}},\
    {"time":"2026-11-19T10:42:00Z","category":"AdvancedHunting-AlertEvidence","properties":{\
    "Timestamp":"2026-11-19T10:41:00Z","AlertId":"a-1","ServiceSource":"Microsoft Defender for Identity",\
    "EntityType":"User","Title":"Odd sign-in of %1$s and canary.stranger@x.example","Severity":"High","AccountObjectId":"%2$s","AccountUpn":"%3$s"}}]}\
    """
        .formatted(DISPLAY, SECOND, UPN);
  }
}
