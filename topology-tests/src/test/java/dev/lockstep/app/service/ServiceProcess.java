package dev.lockstep.app.service;

import dev.lockstep.app.Main;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code lockstep run} in a process of its own, which can be killed. */
public final class ServiceProcess implements AutoCloseable {
  private static final String ADDRESS = "metrics and health at ";

  private final Process process;
  private final Path log;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final long loggedBefore;

  private ServiceProcess(Process process, Path log, long loggedBefore) {
    this.process = process;
    this.log = log;
    this.loggedBefore = loggedBefore;
  }

  /** Starts one; what it prints goes to a file. */
  public static ServiceProcess start(Path config, Path log, String... options) throws IOException {
    return start(Map.of(), config, log, options);
  }

  /** Starts one with variables of its own in its environment. */
  public static ServiceProcess start(
      Map<String, String> variables, Path config, Path log, String... options) throws IOException {
    List<String> command = command(ClassArchive.options(), config, options);
    return start(variables, command, log);
  }

  /** Starts one by these options of its virtual machine. */
  static ServiceProcess start(List<String> machine, Path config, Path log) throws IOException {
    return start(Map.of(), command(machine, config), log);
  }

  /** Starts a command that ends up as such a process. */
  public static ServiceProcess start(Map<String, String> variables, List<String> command, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("LOCKSTEP_"));
    builder.environment().putAll(variables);
    File file = log.toFile();
    long before = file.length();
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(file));
    return new ServiceProcess(builder.start(), log, before);
  }

  private static List<String> command(List<String> machine, Path config, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.logFile=System.err",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.log.dev.lockstep=info"));
    command.addAll(machine);
    command.addAll(List.of(Main.class.getName(), "run", "--config", config.toString()));
    command.addAll(List.of(options));
    return command;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns whether it says that it does its whole work. */
  public boolean isReady() throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("/health/ready");
    return answer != null && answer.statusCode() == 200;
  }

  /** Returns whether it says that it is worth keeping. */
  boolean isLive() throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("/health/live");
    return answer != null && answer.statusCode() == 200;
  }

  /**
   * Returns why it says that it does not do its whole work, or an empty text if it says nothing.
   */
  String notReady() throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("/health/ready");
    return answer == null || answer.statusCode() == 200 ? "" : answer.body();
  }

  /** Returns what it answers at a path, null where it does not answer yet, or not any more. */
  public @Nullable HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    String said = log().substring(Math.toIntExact(Math.min(loggedBefore, log().length())));
    for (String line : said.lines().toList()) {
      if (line.startsWith(ADDRESS)) {
        String address = line.substring(ADDRESS.length(), line.indexOf("/metrics,"));
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
          return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
          return null;
        }
      }
    }
    return null;
  }

  /** Halts it, or lets it go on. */
  void halt(boolean halted) throws IOException, InterruptedException {
    String signal = halted ? "-STOP" : "-CONT";
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " ended with " + kill.exitValue());
    }
  }

  long pid() {
    return process.pid();
  }

  /** Sends SIGTERM, and returns how long the end took. */
  Duration terminate(Duration most) throws InterruptedException {
    long start = System.nanoTime();
    process.destroy();
    if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("process %d is still there".formatted(process.pid()));
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Returns its exit code, or -1 while it runs. */
  int exitCode() {
    return process.isAlive() ? -1 : process.exitValue();
  }

  /** Returns what it has printed. */
  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "process %d does not die", process.pid()));
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
