package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.option.ConfigOption;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.SlowAnswer;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.wiring.AmqpSourceConfigs;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.ingest.amqp.AmqpIngest;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import dev.lockstep.ingest.kafka.KafkaOffsets;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code positions}, which shows how far each source has been read. */
@Command(
    name = "positions",
    description =
        "Shows for each source partition how far it has been read, and how much is unread.")
public final class PositionsCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  /**
   * Stored position of a source partition, compared with the offsets that this partition has now.
   *
   * @param backlog comparison, or null if the source is a folder of captures, is not configured, or
   *     could not be asked
   */
  public record Line(SourceBacklogs.Row row, SourceBacklogs.@Nullable Backlog backlog) {
    /** Returns the number of unread offsets, or null if unknown. */
    public @Nullable Long left() {
      return backlog == null ? null : backlog.left();
    }

    private String note() {
      return backlog == null ? "" : PositionsCommand.note(backlog);
    }
  }

  static String note(SourceBacklogs.Backlog backlog) {
    return backlog.madeAnew()
        ? "deleted and created again, or truncated: will be read from its start"
        : backlog.lost() > 0
            ? DisplayFormat.count(backlog.lost(), "message")
                + " lost: removed from the source before being read"
            : "";
  }

  @Override
  public Integer call() {
    List<Line> lines = lines(config.read());
    if (json) {
      System.out.println(asJson(lines));
    } else {
      TextTable table =
          new TextTable("Source", "Hub", "Partition", "Next", "Files", "Left", "Clock", "Note");
      for (Line line : lines) {
        SourceBacklogs.Row row = line.row();
        table.row(
            List.of(
                row.source(),
                row.hub(),
                Integer.toString(row.partition()),
                Long.toString(row.next()),
                row.files() == 0 ? "" : Long.toString(row.files()),
                line.left() == null ? "" : Long.toString(line.left()),
                row.watermarkAt() == 0 ? "" : AvroJson.instant(row.watermarkAt()),
                line.note()));
      }
      table.print(System.out);
    }
    return ExitCode.DONE;
  }

  public static List<Line> lines(Config config) {
    KafkaTarget target =
        new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
    List<SourceBacklogs.Row> rows;
    try (SlowAnswer answer = SlowAnswer.of(config.kafka().bootstrapServers())) {
      rows = SourceBacklogs.read(target, InstantSource.system());
    } catch (SerializationException e) {
      throw new OperatorException(String.valueOf(e.getMessage()), e);
    } catch (KafkaException e) {
      throw new OperatorException(
          "could not read the positions: the cluster at kafka.bootstrapServers %s failed (%s); check that address and kafka.properties, or run %s to find the problem"
              .formatted(
                  Quoted.of(config.kafka().bootstrapServers()),
                  Failures.message(e),
                  ShellCommand.call("doctor")),
          e);
    }
    List<Line> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(new Line(row, null)));
    for (Config.Source source : config.sources()) {
      String hub = source.topic() == null ? source.hub() : source.topic();
      Map<Integer, SourceBacklogs.Extent> extents = extents(source);
      lines.replaceAll(line -> line.row().isOf(source.name(), hub) ? against(line, extents) : line);
    }
    return lines;
  }

  private static Line against(Line line, Map<Integer, SourceBacklogs.Extent> extents) {
    SourceBacklogs.Extent extent = extents.get(line.row().partition());
    return extent == null ? line : new Line(line.row(), line.row().against(extent));
  }

  private static Map<Integer, SourceBacklogs.Extent> extents(Config.Source source) {
    try {
      return switch (source.type()) {
        case EVENT_HUBS_KAFKA, KAFKA -> KafkaOffsets.extents(Wiring.sourceConfig(source));
        case EVENT_HUBS_AMQP -> AmqpIngest.extents(AmqpSourceConfigs.of(source));
        case CAPTURE -> Map.of(); // its position is of files, which are not counted here
      };
    } catch (KafkaException | OperatorException e) {
      Throwable cause = Causes.unwrapped(e);
      System.err.printf(
          "could not read the end of each partition of the source %s (%s), so what is left to read"
              + " is not shown; run %s to find the problem%n",
          source.name(),
          Quoted.excerpt(String.valueOf(cause.getMessage()), 300),
          ShellCommand.call("doctor"));
      return Map.of();
    }
  }

  static String asJson(List<Line> lines) {
    return JsonText.objects(
        lines,
        (out, line) -> {
          SourceBacklogs.Row row = line.row();
          out.writeStringField("source", row.source());
          out.writeStringField("hub", row.hub());
          out.writeNumberField("partition", row.partition());
          out.writeNumberField("next", row.next());
          if (row.files() > 0) {
            out.writeNumberField("files", row.files());
          }
          if (line.left() != null) {
            out.writeNumberField("left", line.left());
          }
          if (line.backlog() != null && line.backlog().lost() > 0) {
            out.writeNumberField("lost", line.backlog().lost());
          }
          if (line.backlog() != null && line.backlog().madeAnew()) {
            out.writeBooleanField("madeAnew", true);
          }
          if (row.watermarkAt() != 0) {
            out.writeStringField("clock", AvroJson.instant(row.watermarkAt()));
          }
        });
  }
}
