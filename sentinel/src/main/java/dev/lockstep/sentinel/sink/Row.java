package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Detection as a JSON object in UTF-8, in the form of one kind of sink. */
public interface Row {
  /** Returns the detection that this row was made from. */
  Detection detection();

  /** Returns an upper bound of the size of the row in bytes of UTF-8 JSON. */
  int bytes();

  /**
   * Writes the row as JSON, with the time of sending if the form of the row includes that time.
   *
   * @param sentAt time of sending, which some forms leave out
   */
  void writeTo(OutputStream out, Instant sentAt) throws IOException;

  /** Returns the bytes of the row as {@link #writeTo} writes them. */
  default byte[] sent(Instant sentAt) {
    ByteArrayOutputStream row = new ByteArrayOutputStream(bytes());
    try {
      writeTo(row, sentAt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return row.toByteArray();
  }

  /** Returns a smaller row of the same detection, or nothing if the row cannot be made smaller. */
  default Optional<Row> smaller() {
    return Optional.empty();
  }

  /**
   * Returns the row to send in place of this row and an unsent row of an earlier revision. By
   * default it is this row. If rows of this form mark the first row of a finding and the unsent row
   * has the mark, the result has the mark too.
   */
  default Row inPlaceOf(Row unsent) {
    return this;
  }

  /** Writes rows as a JSON array. */
  static void writeArray(List<? extends Row> rows, Instant sentAt, OutputStream out)
      throws IOException {
    out.write('[');
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      rows.get(i).writeTo(out, sentAt);
    }
    out.write(']');
  }
}
