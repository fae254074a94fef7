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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

  private static List<Detection> bundled = List.of();

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

  /**
   * Returns the detections of the bundled capture under its own configuration, of one replay for
   * all tests of a process. They name the files of a folder that is gone.
   */
  public static synchronized List<Detection> bundledDetections() throws IOException {
    if (bundled.isEmpty()) {
      Path temporary = Files.createTempDirectory("bundled-capture");
      try {
        bundled = List.copyOf(unpack(temporary).replay().detections());
      } finally {
        for (Path file : list(temporary)) {
          Files.delete(file);
        }
        Files.delete(temporary);
      }
    }
    return bundled;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
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
