package dev.lockstep.app.deadletter;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.ingest.kafka.DeadLetterReader;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;

/** JSON of a dead letter, as {@code dead-letters} prints it with {@code --json}. */
public final class DeadLetterJson {
  private DeadLetterJson() {}

  /** Writes all fields of a dead letter, with the beginning of its body. */
  public static void writeWhole(JsonGenerator out, DeadLetterReader.Entry entry, boolean retried)
      throws IOException {
    DeadLetter letter = DeadLetterText.letter(entry);
    writeFields(out, entry);
    out.writeBooleanField("retried", retried);
    out.writeNumberField("bytes", letter.getBody().remaining());
    out.writeStringField("body", DeadLetterText.body(letter));
  }

  /** Writes the fields of a dead letter, without its body. */
  public static void writeFields(JsonGenerator out, DeadLetterReader.Entry entry)
      throws IOException {
    DeadLetter letter = DeadLetterText.letter(entry);
    out.writeStringField("id", entry.id().toString());
    out.writeStringField("reason", letter.getReason());
    out.writeStringField("detail", letter.getDetail());
    if (letter.getCategory() != null) {
      out.writeStringField("category", letter.getCategory());
    }
    out.writeFieldName("where");
    AvroJson.write(letter.getWhere(), out);
    if (letter.getRange() != null) {
      out.writeFieldName("range");
      AvroJson.write(letter.getRange(), out);
    }
    out.writeNumberField("records", entry.records());
    if (letter.getArrivalAt() != 0) {
      out.writeStringField("arrived", AvroJson.instant(letter.getArrivalAt()));
    }
    out.writeStringField("written", AvroJson.instant(entry.appendedAt()));
  }
}
