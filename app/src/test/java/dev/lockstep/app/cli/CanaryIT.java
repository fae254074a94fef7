package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret is seen again that stands where it does not belong, at any level of the log. */
final class CanaryIT {
  private static final int EVERY = 17;

  @TempDir Path folder;

  @Test
  void shows_noSecret_ofSomeWrongConfigurations() throws Exception {
    look(EVERY);
  }

  @Test
  @Tag("long")
  void shows_noSecret_ofAnyWrongConfiguration() throws Exception {
    assertThat(look(1)).isGreaterThanOrEqualTo(200);
  }

  private int look(int every) throws Exception {
    Files.writeString(
        folder.resolve("capture.jsonl"),
        "{\"time\":\"2026-11-02T08:00:10Z\",\"category\":\"SignInLogs\",\"properties\":{\"id\":\"s1\","
            + "\"createdDateTime\":\"2026-11-02T08:00:00Z\",\"userId\":\"u1\"}}\n");
    Files.writeString(folder.resolve("detections.jsonl"), "");
    Files.writeString(folder.resolve("networks.csv"), "cidr,class\n");
    Files.createDirectory(folder.resolve("my-rules"));
    Files.writeString(folder.resolve("partners.yaml"), "partners: []\n");
    Files.writeString(folder.resolve("exceptions.yaml"), "exceptions: []\n");
    Path out = folder.resolve("out.log");
    Path err = folder.resolve("err.log");
    ProcessBuilder child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka=trace",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient=trace",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.streams.StreamsConfig=trace",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.security.oauthbearer=trace",
                "-Dorg.slf4j.simpleLogger.log.com.azure=trace",
                "-Dorg.slf4j.simpleLogger.log.com.microsoft=trace",
                "-Dorg.slf4j.simpleLogger.log.com.microsoft.aad=trace",
                "-Dorg.slf4j.simpleLogger.log.reactor=trace",
                "-Dorg.slf4j.simpleLogger.log.dev.lockstep=trace",
                "-cp",
                System.getProperty("java.class.path"),
                CanaryRun.class.getName(),
                folder.toString(),
                Integer.toString(every))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    child.environment().put(CanaryRun.environmentName(), CanaryRun.CANARIES.get(0));
    Process process = child.start();
    try {
      assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String[] done = Files.readString(folder.resolve("done")).split(" ", -1);
    assertThat(Integer.parseInt(done[1].strip())).isEqualTo(18 * Integer.parseInt(done[0]));
    assertThat(Files.readString(out)).contains("\"verdict\":\"fail\"", "${");
    assertThat(Files.size(err)).as("the log was on").isGreaterThan(100_000);
    long hits = hits(out) + hits(err);
    System.out.printf(
        "canaries: %s configurations, %s commands, %d bytes of log, %d hits%n",
        done[0], done[1], Files.size(err), hits);
    assertThat(hits).isZero();
    return Integer.parseInt(done[0]);
  }

  private static long hits(Path file) throws IOException {
    long hits = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        for (String canary : CanaryRun.CANARIES) {
          for (String part : List.of(canary, canary.substring(0, canary.length() / 2))) {
            if (line.contains(part)) {
              System.out.println("in " + file.getFileName() + ": " + line);
              hits++;
            }
          }
        }
      }
    }
    return hits;
  }
}
