package dev.lockstep.app.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of the program as it is shipped: the jar, and no folder of classes. */
class RunbookInJarIT {
  private static final Path TARGET = Path.of("../app/target").toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void theReportHasTheRunbookOfEachRule() throws Exception {
    Path jar = jar();
    assumeTrue(jar != null, "no jar in target: it is built before integration tests");
    Path report = folder.resolve("report.html");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                jar + File.pathSeparator + String.join(File.pathSeparator, libraries()),
                "dev.lockstep.app.Main",
                "replay",
                "--quiet",
                "--report",
                report.toString(),
                Path.of("../app/src/main/resources/demo/alerts.jsonl.gz").toString()));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log, UTF_8)).isZero();
    JsonNode rules = new ReportJson(Files.readString(report)).json().get("rules");
    assertThat(rules).hasSizeGreaterThan(10);
    for (JsonNode rule : rules) {
      assertThat(rule.get("runbook")).as(rule.get("id").asText()).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  private static @Nullable Path jar() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().matches("app-[0-9][^-]*(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElse(null);
    }
  }

  /** Returns the class path without the classes and tests of this module. */
  private static List<String> libraries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).toAbsolutePath().startsWith(TARGET))
        .toList();
  }
}
