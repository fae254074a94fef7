package dev.lockstep.app.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the class path of the container image. */
class WithoutBrokerLibrariesIT {
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(kafka_2|kafka-(server|metadata|raft|storage|tools|[a-z]+-coordinator|coordinator)|scala-|log4j-|snakeyaml-2|jackson-dataformat-yaml).*");

  @TempDir Path folder;

  @Test
  void demoAndBroker_endWithOneLine() throws Exception {
    for (String command : List.of("demo", "broker")) {
      Result result = run(command);
      assertThat(result.code()).as(result.output()).isEqualTo(ExitCode.FAILED);
      assertThat(result.output())
          .isEqualTo(
              "could not start a Kafka broker: the container image leaves out the libraries of"
                  + " Kafka's broker; run this command from a source tree\n");
    }
  }

  @Test
  void aCaptureIsReplayed() throws Exception {
    Path capture = Path.of("../app/src/main/resources/demo");
    Result result =
        run(
            "replay",
            "--json",
            "--config",
            capture.resolve("lockstep.yaml").toString(),
            capture.resolve("gateway.jsonl.gz").toString());
    assertThat(result.code()).as(result.output()).isEqualTo(ExitCode.DONE);
    assertThat(result.output()).contains("\"detections\"");
  }

  @Test
  void doctorLooksAtEverything() throws Exception {
    Path config = folder.resolve("lockstep.yaml");
    Files.writeString(
        config,
        """
        sources:
          - {name: one, type: kafka, bootstrapServers: "127.0.0.1:1", topic: t}
        kafka: {bootstrapServers: "127.0.0.1:1"}
        metrics: {port: 0}
        """);
    Result result = run("doctor", "--config", config.toString());
    assertThat(result.code()).as(result.output()).isEqualTo(ExitCode.FAILED);
    assertThat(result.output()).contains("127.0.0.1:1").doesNotContain("fault of this program");
  }

  private Result run(String... arguments) throws Exception {
    List<String> all =
        Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
    List<String> left =
        all.stream()
            .filter(entry -> !LEFT_OUT.matcher(Path.of(entry).getFileName().toString()).matches())
            .toList();
    assertThat(all.size() - left.size()).as("jars left out of %s", all).isGreaterThan(10);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(left.stream().collect(Collectors.joining(File.pathSeparator)));
    command.add("dev.lockstep.app.Main");
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), Files.readString(output, UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }

  private record Result(int code, String output) {}
}
