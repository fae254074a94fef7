package dev.lockstep.capture.record;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writer of a hub's messages, one a line, each with a list of one to eight records. */
public final class HubMessages implements AutoCloseable {
  private final OutputStream out;
  private final Duration span;
  private final Dice dice;
  private final StringBuilder text = new StringBuilder(1 << 15);
  private int room;
  private @Nullable Instant until;

  /**
   * Creates a writer of messages.
   *
   * @param out receiver of the messages, which {@link #close} closes
   * @param span longest time between the arrivals of a message's records
   * @param dice random source that draws how many records each message has at most
   */
  public HubMessages(OutputStream out, Duration span, Dice dice) {
    this.out = out;
    this.span = span;
    this.dice = dice;
  }

  /** Adds a record to the current message. Records have to come in the order of their arrival. */
  public void add(Instant arrival, String json) throws IOException {
    if (until != null && (room == 0 || arrival.isAfter(until))) {
      flush();
    }
    if (until == null) {
      until = arrival.plus(span);
      room = dice.from(1, 8);
      text.append("{\"records\":[");
    } else {
      text.append(',');
    }
    text.append(json);
    room--;
  }

  /** Writes the current message, if it has any record. */
  public void flush() throws IOException {
    if (until != null) {
      out.write(text.append("]}\n").toString().getBytes(StandardCharsets.UTF_8));
      text.setLength(0);
      until = null;
    }
  }

  /** Writes the current message, and closes the receiver of the messages. */
  @Override
  public void close() throws IOException {
    flush();
    out.close();
  }
}
