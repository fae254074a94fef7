package dev.lockstep.app.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.cli.DemoCommand;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.schemas.Detection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
