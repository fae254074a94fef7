package dev.lockstep.app.cli;

import dev.lockstep.app.kafka.Topics;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.Player;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "play",
    description = {
      "Plays captured messages, as they are, into a topic in the order of their arrival.",
      "Creates the topic. An arrival time that the capture knows goes along in a header."
    })
public final class PlayCommand implements Callable<Integer> {
  @Option(names = "--bootstrap", paramLabel = "HOST:PORT", required = true, description = "Broker.")
  private String bootstrap = "";

  @Option(names = "--topic", paramLabel = "NAME", required = true, description = "Topic.")
  private String topic = "";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Partitions of the topic if it is created (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      defaultValue = "0",
      description = "How much faster than captured, e.g. 60; 0 is as fast as it goes (default).")
  private double speed;

  @Mixin private ConfigOption config = new ConfigOption();

  @Mixin private CaptureInput input = new CaptureInput();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!(speed >= 0) || Double.isInfinite(speed) || partitions < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--speed is 0 or more, and --partitions 1 or more");
    }
    Limits limits = config.read().limits();
    refuseMissing(input.paths());
    createTopic(bootstrap, topic, partitions);
    Progress progress = input.progress();
    try (Producer<byte[], byte[]> producer = producer(bootstrap)) {
      Player.Played played =
          new Player(producer, topic, speed, limits).play(input.paths(), System.in, progress);
      System.out.printf("%d messages played into %s%n", played.messages(), Quoted.visible(topic));
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
      throw OperatorException.saying(e);
    }
  }

  /** Before a topic is created for nothing. */
  private static void refuseMissing(List<String> paths) {
    try {
      List<Path> unused = CaptureFiles.files(paths);
    } catch (IOException e) {
      throw OperatorException.saying(e);
    }
  }

  public static Producer<byte[], byte[]> producer(String bootstrap) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("acks", "all");
    properties.put("linger.ms", 20);
    properties.put("max.request.size", 4 * 1024 * 1024);
    properties.put("max.block.ms", 15_000);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static void createTopic(String bootstrap, String topic, int partitions) {
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "default.api.timeout.ms",
                15_000,
                "request.timeout.ms",
                10_000))) {
      List<NewTopic> wanted =
          List.of(
              new NewTopic(topic, Optional.of(partitions), Optional.empty())
                  .configs(Map.of("max.message.bytes", "4194304", "retention.ms", "-1")));
      admin.createTopics(wanted).all().get();
      Topics.awaitLeaders(admin, wanted);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new OperatorException(
            "could not create topic %s at %s: %s; is a broker there? ./lockstep broker starts one"
                .formatted(Quoted.of(topic), Quoted.of(bootstrap), Failures.said(e)),
            e);
      }
    } catch (KafkaException e) {
      throw new OperatorException(
          "could not reach a broker at %s: %s; give --bootstrap HOST:PORT"
              .formatted(Quoted.of(bootstrap), Failures.said(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException("could not create the topic: it was interrupted", e);
    }
  }
}
