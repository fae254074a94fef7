package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.app.Main;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Bundled capture with its networks and partners in a folder, and commands over it. */
record BundledCapture(Path folder) {
  static final ObjectMapper JSON = new ObjectMapper();

  /** Runs a command over the capture with rules as a configuration writes them. */
  Ran run(String command, String rules, String... options) throws IOException {
    for (String name : List.of("networks.csv", "partners.yaml")) {
      file(name);
    }
    Path config = folder.resolve("lockstep.yaml");
    Files.writeString(
        config, "networks: networks.csv\npartners: partners.yaml\nrules: " + rules + "\n");
    List<String> all = new ArrayList<>(List.of(command, "--quiet", "--config"));
    all.add(config.toString());
    all.addAll(List.of(options));
    for (String name : DemoCommand.CAPTURE) {
      all.add(file(name).toString());
    }
    return Ran.run(all.toArray(String[]::new));
  }

  private Path file(String name) throws IOException {
    Path copy = folder.resolve(name);
    if (!Files.exists(copy)) {
      try (InputStream in = Main.class.getResourceAsStream("/demo/" + name)) {
        Files.copy(Objects.requireNonNull(in, name), copy);
      }
    }
    return copy;
  }

  /** Returns the detections of a file by id. */
  static Map<String, JsonNode> detections(Path file) throws IOException {
    Map<String, JsonNode> all = new TreeMap<>();
    for (String line : Files.readAllLines(file, UTF_8)) {
      JsonNode one = JSON.readTree(line);
      all.put(one.path("id").textValue(), one);
    }
    return all;
  }
}
