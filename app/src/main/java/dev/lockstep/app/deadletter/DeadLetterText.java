package dev.lockstep.app.deadletter;

import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.schemas.AlikeRange;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Text of a dead letter: its place in the source, and the beginning of its body. */
public final class DeadLetterText {
  /** Largest number of bytes of a body that are shown. */
  public static final int MOST_BYTES = 4_096;

  private DeadLetterText() {}

  public static DeadLetter letter(DeadLetterReader.Entry entry) {
    return Objects.requireNonNull(entry.letter());
  }

  /** Returns where the message or record lies in its source. */
  public static String place(DeadLetter letter) {
    Where where = letter.getWhere();
    AlikeRange range = letter.getRange();
    if (where.getFile() != null) {
      return "%s:%d index %d".formatted(where.getFile(), where.getPosition(), where.getIndex());
    }
    String partition = where.getHub() + "-" + where.getPartition();
    return range == null
        ? "%s offset %d index %d".formatted(partition, where.getPosition(), where.getIndex())
        : "%s offsets %d to %d".formatted(partition, range.getFirst(), range.getLast());
  }

  /** Returns the beginning of the body, read as UTF-8. */
  public static String body(DeadLetter letter) {
    ByteBuffer body = letter.getBody().duplicate();
    body.limit(body.position() + Math.min(body.remaining(), MOST_BYTES));
    return StandardCharsets.UTF_8.decode(body).toString();
  }
}
