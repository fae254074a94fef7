package dev.lockstep.app.terminal;

import dev.lockstep.schemas.text.AvroJson;
import java.io.PrintStream;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converter of the lines of this process's own log into JSON, one object a line. It parses lines
 * that the logger has already printed as text. An object has the fields {@code time}, {@code
 * level}, {@code logger} and {@code message}. The field {@code stack} has the further lines of an
 * entry, such as a stack trace, at most 200. For one thread at a time.
 *
 * <p>A line that does not come from the log, such as the reason why a command ends, becomes an
 * entry with the level {@code ERROR}.
 */
final class JsonLog {
  private static final int MOST_STACK_LINES = 200;

  private final PrintStream to;
  private final InstantSource clock;
  private @Nullable Entry open;
  private final List<String> stack = new ArrayList<>();

  JsonLog(PrintStream to, InstantSource clock) {
    this.to = to;
    this.clock = clock;
  }

  private record Entry(String time, String level, String logger, String message) {
    /**
     * Parses the first line of a log entry, {@code TIME [LEVEL] LOGGER - MESSAGE}, or returns null
     * for any other line.
     */
    static @Nullable Entry of(String line) {
      int bracket = line.indexOf(" [");
      int end = line.indexOf("] ", Math.max(0, bracket));
      int dash = line.indexOf(" - ", Math.max(0, end));
      if (bracket <= 0 || end < 0 || dash < 0) {
        return null;
      }
      String time = line.substring(0, bracket);
      try {
        return new Entry(
            AvroJson.instant(OffsetDateTime.parse(time).toInstant().toEpochMilli()),
            line.substring(bracket + 2, end),
            line.substring(end + 2, dash),
            line.substring(dash + 3));
      } catch (DateTimeException e) {
        return null;
      }
    }
  }

  void line(String line) {
    Entry begun = Entry.of(line);
    if (begun != null) {
      endEntry();
      open = begun;
    } else if (open != null) {
      if (stack.size() < MOST_STACK_LINES) {
        stack.add(line);
      }
    } else if (!line.isBlank()) {
      write(new Entry(AvroJson.instant(clock.millis()), "ERROR", "lockstep", line));
    }
  }

  void endEntry() {
    Entry ended = open;
    open = null;
    if (ended != null) {
      write(ended);
    }
    stack.clear();
  }

  private void write(Entry entry) {
    to.println(
        JsonText.object(
            json -> {
              json.writeStringField("time", entry.time());
              json.writeStringField("level", entry.level());
              json.writeStringField("logger", entry.logger());
              json.writeStringField("message", entry.message());
              if (!stack.isEmpty()) {
                json.writeStringField("stack", String.join("\n", stack));
              }
            }));
    to.flush();
  }
}
