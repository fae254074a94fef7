package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of every command that writes some but the demo, made under a umask that closes nothing:
 * their owner's alone, and none left in the system's temporary folder.
 */
final class FileModesIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final String FOLDER = "rwx------";
  private static final String FILE = "rw-------";

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void keeps_whatTheServiceWritesToItsOwner_andTidiesUpAfterAKill() throws Exception {
    Path broker = folder.resolve("broker");
    String address = firstLine(start("broker", "--data", broker.toString(), "--port", "0"));
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            kafka: {bootstrapServers: "%1$s", stateDir: state, partitions: 1}
            sources: [{name: in, type: kafka, bootstrapServers: "%1$s", topic: in, arrival: header}]
            sinks: [{name: archive, type: file, path: rows.jsonl}]
            metrics: {port: 0}
            heartbeat: false
            """
                .formatted(address));
    String signIns = signIns().toString();
    assertThat(
            Main.commandLine()
                .execute("play", "--quiet", "--bootstrap", address, "--topic", "in", signIns))
        .isZero();
    Process service = start("run", "--config", config.toString());
    Path rows = folder.resolve("rows.jsonl");
    await().atMost(TIMEOUT).until(() -> Files.exists(rows) && Files.size(rows) > 0);
    Path state = folder.resolve("state/instance-0");
    assertThat(mode(rows)).isEqualTo(FILE);
    assertThat(mode(state)).isEqualTo(FOLDER);
    assertThat(mode(state.resolve("held"))).isEqualTo(FILE);
    assertThat(mode(broker)).isEqualTo(FOLDER);
    assertThat(mode(broker.resolve("log"))).isEqualTo(FOLDER);
    assertThat(mode(broker.resolve("lockstep-broker.id"))).isEqualTo(FILE);
    assertThat(mode(broker.resolve("lockstep-broker.lock"))).isEqualTo(FILE);
    service.destroyForcibly().waitFor();
    assertThat(list(state.resolve("native"))).as("left by the one that was killed").isEmpty();
    assertThat(temporary()).as("native libraries").noneMatch(name -> name.contains("rocksdb"));
    Path captured = folder.resolve("captured/deep");
    Process recording =
        start("capture", "--quiet", "--config", config.toString(), "--output", captured.toString());
    await()
        .atMost(TIMEOUT)
        .until(
            () -> Files.exists(captured) && walk(captured).stream().anyMatch(FileModesIT::isAvro));
    recording.destroy();
    assertThat(recording.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(mode(folder.resolve("captured"))).isEqualTo(FOLDER);
    List<Path> written = walk(captured);
    assertThat(written).anyMatch(FileModesIT::isAvro);
    for (Path path : written) {
      assertThat(mode(path)).as("%s", path).isEqualTo(Files.isDirectory(path) ? FOLDER : FILE);
    }
  }

  @Test
  void keeps_whatAReplayWritesToItsOwner() throws Exception {
    Path detections = Files.writeString(folder.resolve("detections.jsonl"), "before");
    Files.setPosixFilePermissions(detections, PosixFilePermissions.fromString("rw-rw-rw-"));
    Path report = folder.resolve("report.html");
    Process replay =
        start(
            "replay",
            "--output",
            detections.toString(),
            "--report",
            report.toString(),
            signIns().toString());
    assertThat(ended(replay)).isZero();
    assertThat(mode(detections)).isEqualTo(FILE);
    assertThat(mode(report)).isEqualTo(FILE);
    assertThat(temporary()).noneMatch(n -> n.contains("rocksdb") || n.startsWith("lockstep"));
  }

  /** Returns the file of the bundled capture that alone gives findings. */
  private Path signIns() throws IOException {
    Path file = folder.resolve("signins.jsonl.gz");
    try (InputStream in = FileModesIT.class.getResourceAsStream("/demo/signins.jsonl.gz")) {
      Files.copy(Objects.requireNonNull(in), file);
    }
    return file;
  }

  private Process start(String... arguments) throws IOException {
    Path tmp = Files.createDirectories(folder.resolve("tmp"));
    Process process =
        new ProcessBuilder(OpenUmask.command(tmp, arguments))
            .directory(folder.toFile())
            .redirectError(folder.resolve(arguments[0] + ".err").toFile())
            .start();
    started.add(process);
    return process;
  }

  /** A file that is being written has the ending .part behind that. */
  private static boolean isAvro(Path path) {
    return String.valueOf(path.getFileName()).contains(".avro");
  }

  private static String firstLine(Process process) throws IOException {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  private static int ended(Process process) throws Exception {
    process.getInputStream().transferTo(System.out);
    assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private List<String> temporary() throws IOException {
    return list(folder.resolve("tmp"));
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private static List<Path> walk(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
