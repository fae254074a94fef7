package dev.lockstep.bench.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Child process whose standard output is read line by line; its standard error goes to a file. */
final class Child implements AutoCloseable {
  private static final int CALM_SECONDS = 12;
  private static final Duration CALM_A_SECOND = Duration.ofMillis(150);

  private final Process process;
  private final BufferedReader out;
  private final Path log;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static Child start(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new Child(process, log);
  }

  /** Returns the next line of output. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IllegalStateException(
          "could not measure: a child process ended too early; read its log " + log);
    }
    return line;
  }

  /** Reads lines of output up to the first that contains a text, and returns that line. */
  String lineWith(String text) throws IOException {
    String line = line();
    while (!line.contains(text)) {
      line = line();
    }
    return line;
  }

  Duration processorTime() {
    @Nullable Duration used = process.info().totalCpuDuration().orElse(null);
    if (used == null) {
      throw new IllegalStateException(
          "could not measure: a child process ended too early; read its log " + log);
    }
    return used;
  }

  /**
   * Waits until the process has used almost no processor time for 12 seconds in a row. After a
   * service has read all records, it still works on calls whose wait for an identity link ends.
   */
  void awaitCalm() throws InterruptedException {
    Duration before = processorTime();
    for (int calm = 0; calm < CALM_SECONDS; ) {
      Thread.sleep(1_000);
      Duration now = processorTime();
      calm = now.minus(before).compareTo(CALM_A_SECOND) < 0 ? calm + 1 : 0;
      before = now;
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(40, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
