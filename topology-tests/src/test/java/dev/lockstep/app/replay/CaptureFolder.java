package dev.lockstep.app.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.cli.DemoCommand;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.schemas.Detection;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bundled capture and its configuration, laid out in a folder.
 *
 * @param folder where the files lie
 */
public record CaptureFolder(Path folder) {
  public static final List<String> MESSAGES = DemoCommand.CAPTURE;

  private static final List<String> SIGMA = List.of("signins.yml", "calls.yml", "correlations.yml");

  private static final List<String> OTHERS =
      List.of("lockstep.yaml", "networks.csv", "partners.yaml", "expected.json");

  /** The first date of a message: its day. */
  private static final Pattern DATE = Pattern.compile("2026-1[0-2]-[0-3][0-9]");

  private static final Pattern CORRELATION_ID = Pattern.compile("\"correlationId\":\"([^\"]+)\"");
  private static final String LINKS = "links.jsonl.gz";
  private static final String FIRST_DAY = "2026-11-16";
  private static final String LAST_DAY = "2026-11-19";
  private static final String WORKLOADS = "\"category\":\"ServicePrincipalSignInLogs\"";
  private static final String PARTNERS_WORKLOAD = "49d3ea46-869e-4ed9-8c8f-607932526984";

  private static @Nullable Bundled bundled;

  /**
   * The bundled capture as one replay for all tests of a process found it.
   *
   * @param capture the files of which the replay tells; no test changes them
   */
  public record Bundled(CaptureFolder capture, Replay.Result result) {}

  public static CaptureFolder unpack(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String name : Stream.concat(MESSAGES.stream(), OTHERS.stream()).toList()) {
      try (InputStream file = CaptureFolder.class.getResourceAsStream("/demo/" + name)) {
        if (file == null) {
          throw new IllegalStateException("/demo/" + name + " is not on the class path");
        }
        Files.copy(file, folder.resolve(name));
      }
    }
    return new CaptureFolder(folder);
  }

  /** Lays out the capture with a configuration that has Sigma rules, too. */
  public static CaptureFolder unpackWithSigma(Path folder) throws IOException {
    CaptureFolder capture = unpack(folder);
    Path rules = Files.createDirectory(folder.resolve("sigma"));
    for (String name : SIGMA) {
      try (InputStream file = CaptureFolder.class.getResourceAsStream("/sigma/" + name)) {
        if (file == null) {
          throw new IllegalStateException("/sigma/" + name + " is not on the class path");
        }
        Files.copy(file, rules.resolve(name));
      }
    }
    Files.writeString(
        folder.resolve("lockstep.yaml"),
        capture.configuration() + "rules: {directories: [sigma]}\n");
    return capture;
  }

  /**
   * Leaves four days of the capture, of which the last has findings of every rule, and of the weeks
   * before what two rules learn from: sign-ins of workloads and calls of a partner's workload. Less
   * than half of the messages stay, for tests that play them through brokers.
   */
  public CaptureFolder shorten() throws IOException {
    Set<String> calls = new HashSet<>();
    for (String link : lines(folder.resolve(LINKS))) {
      if (link.contains(PARTNERS_WORKLOAD)) {
        calls.addAll(correlationIds(link));
      }
    }
    for (String name : MESSAGES) {
      Path file = folder.resolve(name);
      List<String> lines = lines(file);
      try (Writer out =
          new OutputStreamWriter(
              new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
        for (String line : lines) {
          if (stays(line, calls)) {
            out.write(line + "\n");
          }
        }
      }
    }
    return this;
  }

  private static List<String> lines(Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return in.lines().toList();
    }
  }

  private static boolean stays(String line, Set<String> calls) {
    Matcher date = DATE.matcher(line);
    return !date.find()
        || (date.group().compareTo(LAST_DAY) <= 0
            && (date.group().compareTo(FIRST_DAY) >= 0
                || line.contains(WORKLOADS)
                || line.contains(PARTNERS_WORKLOAD)
                || correlationIds(line).stream().anyMatch(calls::contains)));
  }

  private static List<String> correlationIds(String line) {
    return CORRELATION_ID.matcher(line).results().map(found -> found.group(1)).toList();
  }

  public List<String> paths() {
    return MESSAGES.stream().map(name -> folder.resolve(name).toString()).toList();
  }

  /** Returns the text of the capture's configuration, to which other keys may be added. */
  public String configuration() throws IOException {
    return Files.readString(folder.resolve("lockstep.yaml"));
  }

  /** Returns the capture's configuration with variables on top. */
  public Config config(Map<String, String> variables) {
    return Config.read(folder.resolve("lockstep.yaml"), variables);
  }

  public JsonNode expected() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
  }

  /** Returns the bundled capture and what its one replay of this process gave. */
  public static synchronized Bundled bundled() throws IOException {
    if (bundled == null) {
      Path temporary = Files.createTempDirectory("bundled-capture");
      temporary.toFile().deleteOnExit();
      CaptureFolder capture = unpack(temporary);
      try (Stream<Path> files = Files.list(temporary)) {
        files.forEach(file -> file.toFile().deleteOnExit());
      }
      bundled = new Bundled(capture, capture.replay());
    }
    return bundled;
  }

  /** Returns the detections of the bundled capture under its own configuration. */
  public static List<Detection> bundledDetections() throws IOException {
    return bundled().result().detections();
  }

  /** Deletes the files, and the folders that they lie in. */
  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Replays the capture itself. */
  public Replay.Result replay() throws IOException {
    return replay(paths(), 1);
  }

  /** Replays other files under the capture's configuration. */
  public Replay.Result replay(List<String> paths, int threads) throws IOException {
    Config config = config(Map.of());
    return new Replay(
            config.rules(), Wiring.enrichment(config), Long.MIN_VALUE, Long.MAX_VALUE, threads)
        .run(paths, nothing(), silent());
  }

  public static InputStream nothing() {
    return new ByteArrayInputStream(new byte[0]);
  }

  public static Progress silent() {
    return Progress.of(true);
  }
}
