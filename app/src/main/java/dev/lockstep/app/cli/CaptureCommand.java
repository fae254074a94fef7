package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.option.TimeOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.process.StopSignal;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.kafka.KafkaRecorder;
import dev.lockstep.schemas.process.OwnerOnly;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command {@code capture}, which copies messages of the sources into files. It refuses sources that
 * are read by AMQP, and skips folders of captures.
 */
@Command(
    name = "capture",
    description = {
      "Copies the messages of the configured hubs and topics into files for the command"
          + " \"replay\".",
      "Begins at the configured start of each source (its key \"from\"); ends after the time given"
          + " with --for, or with Ctrl-C."
    })
public final class CaptureCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration CLOSING = Duration.ofSeconds(60);

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description =
          "Folder to write to; created if it does not exist, otherwise it has to be empty.")
  private Path output = Path.of("");

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "How long to capture, such as 90s, 5m, 2h or PT1H30M (default: until Ctrl-C).")
  private @Nullable String time;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Duration lasts =
        time == null ? null : TimeOption.duration(spec, "--for", time, "90s, 5m, 2h or PT1H30M");
    List<KafkaRecorder> recorders = recorders(config.read());
    makeFolder();
    try (StopSignal stop = StopSignal.granting(CLOSING)) {
      record(recorders, lasts, stop);
      for (KafkaRecorder recorder : recorders) {
        System.out.printf(
            "%s: %s in %s%n",
            recorder.name(),
            DisplayFormat.count(recorder.messages(), "message"),
            DisplayFormat.count(recorder.files(), "file"));
      }
      System.out.printf(
          "the messages are in %s; to replay the Azure logs among them:%n  %s%n",
          Quoted.visible(output.toString()), Quoted.visible(replay()));
      System.out.flush();
      return ExitCode.DONE;
    }
  }

  private String replay() {
    List<String> words = new ArrayList<>(List.of("replay"));
    Path file = config.file();
    if (file != null) {
      words.addAll(List.of("--config", file.toString()));
    }
    words.add(output.toString());
    return ShellCommand.call(ShellCommand.words(words));
  }

  private List<KafkaRecorder> recorders(Config read) {
    List<KafkaRecorder> recorders = new ArrayList<>();
    for (Config.Source source : read.sources()) {
      KafkaRecorder recorder = recorder(source);
      if (recorder != null) {
        recorders.add(recorder);
      }
    }
    if (recorders.isEmpty()) {
      throw new OperatorException(
          "could not capture the sources: the configuration names no hub or topic; add a source");
    }
    return recorders;
  }

  private @Nullable KafkaRecorder recorder(Config.Source source) {
    return switch (source.type()) {
      case EVENT_HUBS_KAFKA, KAFKA ->
          new KafkaRecorder(Wiring.sourceConfig(source), output, InstantSource.system());
      case EVENT_HUBS_AMQP ->
          throw new OperatorException(
              "could not capture the source %s: it is read by AMQP, which this command does not support; set its type to event-hubs-kafka, or use Event Hubs Capture"
                  .formatted(Quoted.of(source.name())));
      case CAPTURE -> null; // its messages are in files already
    };
  }

  private void makeFolder() {
    try {
      OwnerOnly.folder(output);
      try (Stream<Path> there = Files.list(output)) {
        if (there.findAny().isPresent()) {
          throw new OperatorException(
              "could not capture the sources: the folder %s is not empty, and this command does not overwrite files; name another folder with --output"
                  .formatted(Quoted.of(output)));
        }
      }
    } catch (IOException e) {
      throw new OperatorException(
          "could not capture the sources: the folder %s cannot be written to (%s); name another folder with --output"
              .formatted(Quoted.of(output), Failures.message(e)),
          e);
    }
  }

  private void record(List<KafkaRecorder> recorders, @Nullable Duration lasts, StopSignal stop)
      throws InterruptedException {
    AtomicReference<@Nullable OperatorException> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (KafkaRecorder recorder : recorders) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  recorder.record();
                } catch (IOException | RuntimeException | Error e) {
                  failure.compareAndSet(null, failed(recorder, e));
                  stop.give();
                }
              },
              "capture-" + recorder.name());
      threads.add(thread);
      thread.start();
    }
    Progress progress = Progress.of(quiet);
    progress.begin("messages", -1);
    long began = System.nanoTime();
    while (!stop.await(LOOK) && (lasts == null || System.nanoTime() - began < lasts.toNanos())) {
      progress.at(recorders.stream().mapToLong(KafkaRecorder::messages).sum());
    }
    recorders.forEach(KafkaRecorder::stop);
    for (Thread thread : threads) {
      thread.join();
    }
    progress.end();
    OperatorException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  private OperatorException failed(KafkaRecorder recorder, Throwable e) {
    return failed(recorder.name(), output, e);
  }

  static OperatorException failed(String source, Path output, Throwable e) {
    String why =
        e instanceof IOException || e instanceof UncheckedIOException // not of the brokers
            ? "the folder %s cannot be written to (%s); make room on its disk, or name another folder with --output; the files whose names end in .avro are complete"
                .formatted(Quoted.of(output), Failures.message(e))
            : "%s; the files whose names end in .avro are complete; run %s to find the problem"
                .formatted(Failures.message(e), ShellCommand.call("doctor"));
    return new OperatorException(
        "could not capture the source %s: %s".formatted(Quoted.of(source), why), e);
  }
}
