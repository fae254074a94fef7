package dev.lockstep.app.cli;

import dev.lockstep.app.config.BootstrapServers;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.option.CaptureOptions;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.CapturePlayer;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.Producer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code play}, which writes captured messages into a topic. */
@Command(
    name = "play",
    description = {
      "Writes captured messages, unchanged, into a topic in the order of their arrival.",
      "Creates the topic if it does not exist. A message gets its arrival time in a header, if the"
          + " capture has that time."
    })
public final class PlayCommand implements Callable<Integer> {
  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Address of a broker.")
  private String bootstrap = "";

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      required = true,
      description = "Topic to write to.")
  private String topic = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Number of partitions if the topic is created (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      defaultValue = "0",
      description = "Multiple of the original speed, e.g. 60; 0 is as fast as possible (default).")
  private double speed;

  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private CaptureOptions input = new CaptureOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!(speed >= 0) || Double.isInfinite(speed)) {
      throw wrong(
          "could not use --speed: %s is not a finite number of at least 0; give a number such as 60"
              .formatted(speed));
    }
    if (partitions < 1) {
      throw wrong(
          "could not use --partitions: %d is less than 1; give a larger number"
              .formatted(partitions));
    }
    String problem = BootstrapServers.problem("--bootstrap", bootstrap);
    if (problem != null) {
      throw wrong(problem);
    }
    Limits limits = config.read().limits();
    input.refuseMissing();
    PlayedTopic.create(bootstrap, topic, partitions);
    Progress progress = input.progress();
    try (Producer<byte[], byte[]> producer = PlayedTopic.producer(bootstrap)) {
      CapturePlayer.Played played =
          new CapturePlayer(producer, topic, speed, limits)
              .play(input.paths(), System.in, progress);
      System.out.println(played(played.messages(), topic));
      for (Outcome damage : played.damages()) {
        if (damage instanceof Outcome.Rejected rejected) {
          System.err.printf(
              "%s: %s%n",
              Quoted.visible(String.valueOf(rejected.letter().getWhere().getFile())),
              Quoted.visible(rejected.letter().getDetail()));
        }
      }
      return played.damages().isEmpty() ? ExitCode.DONE : ExitCode.DONE_WITH_REJECTIONS;
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.of(e);
    }
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  static String played(long messages, String topic) {
    return DisplayFormat.count(messages, "message") + " played into " + Quoted.visible(topic);
  }
}
