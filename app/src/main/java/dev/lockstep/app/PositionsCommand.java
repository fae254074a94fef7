package dev.lockstep.app;

import dev.lockstep.ingest.KafkaTarget;
import dev.lockstep.ingest.SourcePositions;
import dev.lockstep.schemas.Quoted;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "positions",
    description = "Shows how far each source is read, and what is left of it.")
final class PositionsCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  /**
   * A position, and what is left.
   *
   * @param left offsets behind it; null where that cannot be known
   */
  record Line(SourcePositions.Row row, @Nullable Long left) {}

  @Override
  public Integer call() {
    List<Line> lines = lines(config.read());
    if (json) {
      System.out.println(asJson(lines));
    } else {
      TextTable table =
          new TextTable("Source", "Hub", "Partition", "Next", "Files", "Left", "Clock");
      for (Line line : lines) {
        SourcePositions.Row row = line.row();
        table.row(
            List.of(
                row.source(),
                row.hub(),
                Integer.toString(row.partition()),
                Long.toString(row.next()),
                row.files() == 0 ? "" : Long.toString(row.files()),
                line.left() == null ? "" : Long.toString(line.left()),
                row.clockAt() == 0 ? "" : Instant.ofEpochMilli(row.clockAt()).toString()));
      }
      table.print(System.out);
    }
    return Main.DONE;
  }

  static List<Line> lines(Config config) {
    KafkaTarget target =
        new KafkaTarget(config.kafka().clientSettings(), config.kafka().topicPrefix());
    List<SourcePositions.Row> rows;
    try {
      rows = SourcePositions.read(target, InstantSource.system());
    } catch (KafkaException e) {
      throw new OperatorException(
          "could not read the positions: the cluster at kafka.bootstrapServers %s says %s; check it and kafka.properties, and lockstep doctor looks for what is wrong"
              .formatted(Quoted.of(config.kafka().bootstrapServers()), Failures.said(e)),
          e);
    }
    Map<String, Map<Integer, Long>> ends = new HashMap<>();
    for (Config.Source source : config.sources()) {
      if (source.capture() == null) {
        ends.put(source.name(), ends(source));
      }
    }
    List<Line> lines = new ArrayList<>();
    for (SourcePositions.Row row : rows) {
      Long end = ends.getOrDefault(row.source(), Map.of()).get(row.partition());
      lines.add(new Line(row, end == null ? null : Math.max(0, end - row.next())));
    }
    return lines;
  }

  private static Map<Integer, Long> ends(Config.Source source) {
    try {
      return source.amqp() == null
          ? SourcePositions.ends(Wiring.sourceConfig(source))
          : SourcePositions.ends(AmqpWiring.config(source));
    } catch (KafkaException | OperatorException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      System.err.printf(
          "source %s cannot be asked for its end: %s%n",
          source.name(), Quoted.excerpt(String.valueOf(cause.getMessage()), 300));
      return Map.of();
    }
  }

  static String asJson(List<Line> lines) {
    return JsonText.of(
        out -> {
          out.writeStartArray();
          for (Line line : lines) {
            SourcePositions.Row row = line.row();
            out.writeStartObject();
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
            if (row.clockAt() != 0) {
              out.writeStringField("clock", Instant.ofEpochMilli(row.clockAt()).toString());
            }
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
