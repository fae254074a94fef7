package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.schemas.text.Quoted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No command prints or writes a character that a person cannot see, wherever it came from. */
final class HostileTextTest {
  @TempDir static Path folder;

  private static List<String> capture = List.of();
  private static Path config = Path.of("");
  private static Path detections = Path.of("");

  /** What the replay printed that wrote the detections. */
  private static String replayed = "";

  private record Ran(int code, String out, String err) {}

  @BeforeAll
  static void replay() throws IOException {
    assertThat(HostileCapture.CHARACTERS).hasSizeGreaterThan(200).allMatch(Quoted::isHidden);
    capture = HostileCapture.write(Files.createDirectory(folder.resolve("capture")));
    for (String file : List.of("networks.csv", "partners.yaml")) {
      try (var in = HostileTextTest.class.getResourceAsStream("/demo/" + file)) {
        Files.copy(in, folder.resolve(file));
      }
    }
    config =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            networks: networks.csv
            partners: partners.yaml
            exceptions: exceptions.yaml
            rules: {impossible-travel@slow: {maxSpeedKmh: 90000}}
            """);
    Files.writeString(folder.resolve("exceptions.yaml"), "exceptions:\n");
    detections = folder.resolve("detections.jsonl");
    Path report = folder.resolve("report.html");
    Ran ran = run(true, "replay", "--output", detections.toString(), "--report", report.toString());
    assertThat(ran.code()).as(ran.err()).isIn(ExitCode.DONE, ExitCode.DONE_WITH_REJECTIONS);
    replayed = ran.out();
    assertThat(Files.readAllLines(detections)).hasSizeGreaterThan(20);
    assertClean("--output", Files.readString(detections));
    assertClean("--report", Files.readString(report));
    assertThat(Files.readString(report)).contains("\\u");
  }

  @Test
  void replay_keepsTheValues() throws IOException {
    List<Integer> met = new ArrayList<>();
    for (String line : Files.readAllLines(detections)) {
      try (JsonParser json = new JsonFactory().createParser(line)) {
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
          if (token == JsonToken.VALUE_STRING) {
            json.getText().codePoints().filter(Quoted::isHidden).forEach(met::add);
          }
        }
      }
    }
    assertThat(met).as("all of them are in the values").containsAll(HostileCapture.CHARACTERS);
  }

  @Test
  void replay_printsNone() {
    assertThat(replayed).contains("Detections by rule");
    assertThat(run(true, "replay", "--json").out()).startsWith("{");
    assertThat(run(true, "replay", "--output", "-").out()).contains("\\u");
  }

  @Test
  void candidatesDiffsAndSweeps_printNone() throws IOException {
    assertThat(replayed).contains("Candidate impossible-travel@slow", "  gone      ", "\\u");
    String none = Files.writeString(folder.resolve("none.jsonl"), "").toString();
    for (String json : List.of("--severity=high,medium,low", "--json")) {
      Ran gone = runPlain("diff", json, detections.toString(), none);
      assertThat(gone.out()).as(gone.err()).contains("gone", "\\u");
    }
    Ran swept = run(true, "sweep", "--set", "impossible-travel.maxSpeedKmh=900,90000");
    assertThat(swept.out()).as(swept.err()).contains("90000");
    run(true, "hygiene");
    run(true, "hygiene", "--json");
    run(true, "estate", "suggest");
  }

  @Test
  void records_printsNone() {
    String lines = run(true, "records").out();
    assertThat(lines.contains("\\u001B") && lines.contains("\\u202e") && lines.contains("\\udb40"))
        .isTrue();
  }

  @Test
  void explain_printsNone() throws IOException {
    String principal = valueOf("principal", "id");
    for (String[] asked :
        new String[][] {
          {"--principal", principal, "--json"},
          {"--principal", principal, "--quiet"},
          {"--ip", valueOf("", "ip"), "--quiet"},
          {"--token", token(), "--quiet"},
          {"--partner", valueOf("partner", "id"), "--quiet"}
        }) {
      Ran ran = run(true, "explain", asked[0], asked[1], asked[2]);
      assertThat(ran.code())
          .as("%s: %s", asked[0], ran.err())
          .isIn(ExitCode.DONE, ExitCode.DONE_WITH_REJECTIONS);
    }
    assertThat(run(true, "explain", "--principal", "\u001b[2J\u202e").err()).contains("\\u202e");
  }

  @Test
  void networksAndCost_printNone() {
    run(true, "networks", "suggest", "--min-users", "2");
    run(true, "networks", "suggest", "--min-users", "2", "--json");
    run(true, "cost");
    run(true, "cost", "--json");
  }

  @Test
  void accept_printsAndWritesNone() throws IOException {
    List<String> ids = new ArrayList<>();
    for (String line : Files.readAllLines(detections)) {
      if (line.contains("\"rule\":\"impossible-travel\"")) {
        int from = line.indexOf("\"id\":\"") + 6;
        ids.add(line.substring(from, line.indexOf('"', from)));
      }
    }
    for (String id : ids.subList(0, 2)) {
      run(false, "accept", "--detections", detections.toString(), "--dry-run", "--json", id);
      Ran ran =
          run(
              false,
              "accept",
              "--detections",
              detections.toString(),
              "--reason",
              "\u001b\u200d",
              id);
      assertThat(ran.err()).isEmpty();
    }
    String written = "";
    try (Stream<Path> files = Files.list(folder.resolve("exceptions.d"))) {
      for (Path file : files.sorted().toList()) {
        written += Files.readString(file);
      }
    }
    assertClean("exceptions", written);
    assertThat(written).contains("\\U0000001b");
    assertThat(run(true, "replay").out()).contains("Exceptions");
    try (Stream<Path> files = Files.list(folder.resolve("exceptions.d"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void mistakes_printNone() throws IOException {
    String odd = "\u001b[31m\u0007\u009b\u202e\u200b\u2028" + Character.toString(0xe0041);
    Path file = Files.writeString(folder.resolve("odd" + odd + ".yaml"), "kafka" + odd + ": 1\n");
    for (String[] arguments :
        new String[][] {
          {"replay", "--config", file.toString(), "nothing"},
          {"replay", "--config", file + "x", "nothing"},
          {"replay", folder.resolve("none" + odd).toString()},
          {"replay", "--from", odd, "x"},
          {"sweep", "--set", odd + ".a=1", "x"},
          {"sweep", "--set", "impossible-travel.maxSpeedKmh=" + odd, "x"},
          {"help", odd},
          {"completion", odd},
          {"run", "--role", odd},
          {"replay", "--output", folder + "/no" + odd + "/f", capture.get(0)},
          {"rules", "--" + odd},
          {odd},
          {"doctor", "--config", file.toString()},
          {"accept", "--detections", folder.resolve("none" + odd).toString(), "abcdefgh"},
          {"accept", "--detections", detections.toString(), odd},
          {"networks", "import", folder.resolve("none" + odd).toString()},
          {"positions", "--config", file.toString()},
          {"capture", "--config", file.toString(), "--output", "x"},
          {"run", "--config", file.toString()},
          {"play", "--bootstrap", "127.0.0.1:1", "--topic", odd, folder + "/none" + odd},
        }) {
      Ran ran = runPlain(arguments);
      assertThat(ran.code())
          .as(String.join(" ", arguments))
          .isIn(ExitCode.FAILED, ExitCode.WRONG_USAGE);
      assertThat(ran.out() + ran.err()).contains("\\u");
    }
  }

  private static String token() throws IOException {
    String link = Files.readAllLines(Path.of(capture.get(2))).get(0);
    int from = link.indexOf("\"uti\":\"") + 7;
    return link.substring(from, link.indexOf('"', from));
  }

  /** Returns the first text of a field in objects of a name, as a parser reads it. */
  private static String valueOf(String object, String field) throws IOException {
    for (String line : Files.readAllLines(detections)) {
      try (JsonParser json = new JsonFactory().createParser(line)) {
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
          var parent = json.getParsingContext().getParent();
          String inside = parent == null ? "" : String.valueOf(parent.getCurrentName());
          if (token == JsonToken.VALUE_STRING
              && field.equals(json.currentName())
              && (object.isEmpty() || object.equals(inside))) {
            return json.getText();
          }
        }
      }
    }
    throw new AssertionError("no " + object + " " + field);
  }

  /** Runs a command on the configuration, and on the capture as well. */
  private static Ran run(boolean onCapture, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    int at = List.of("networks", "estate").contains(arguments[0]) ? 2 : 1;
    all.addAll(at, List.of("--config", config.toString()));
    if (onCapture) {
      if (!all.contains("--quiet")) {
        all.add(at, "--quiet");
      }
      all.addAll(capture);
    }
    return runPlain(all.toArray(String[]::new));
  }

  private static Ran runPlain(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    System.setErr(new PrintStream(said, true, UTF_8));
    int code;
    try {
      code = Main.run(Main.commandLine(arguments), arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    Ran ran = new Ran(code, printed.toString(UTF_8), said.toString(UTF_8));
    assertClean("output of " + arguments[0], ran.out());
    assertClean("errors of " + arguments[0], ran.err());
    return ran;
  }

  private static void assertClean(String what, String text) {
    text.codePoints()
        .filter(point -> point != '\n' && Quoted.isHidden(point))
        .findFirst()
        .ifPresent(
            point -> {
              int at = text.indexOf(Character.toString(point));
              throw new AssertionError(
                  "%s holds U+%04X in %s"
                      .formatted(
                          what,
                          point,
                          Quoted.visible(
                              text.substring(
                                  Math.max(0, at - 100), Math.min(text.length(), at + 50)))));
            });
  }
}
