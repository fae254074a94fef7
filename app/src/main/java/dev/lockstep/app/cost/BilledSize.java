package dev.lockstep.app.cost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calculator of the size at which a Log Analytics workspace bills a record. The size is the length
 * of the columns' values as text, without names and standard columns. A dynamic value counts with
 * its JSON. Microsoft documents this in "Azure Monitor Logs cost calculations and options", section
 * "Data size calculation". The encoding of values is not documented; this class counts them as
 * sent, in UTF-8.
 */
final class BilledSize {
  private static final String PROPERTIES = "properties";

  /** Fields that Azure does not bill, because they become standard columns. */
  private static final Set<String> FREE =
      Set.of(
          "_resourceid",
          "resourceid",
          "_subscriptionid",
          "_itemid",
          "_isbillable",
          "_billedsize",
          "type");

  private final JsonFactory json;

  BilledSize(JsonFactory json) {
    this.json = json;
  }

  /**
   * Billed size of one record.
   *
   * @param category category in the record; empty if the record has none
   */
  record Billed(String category, long bytes) {}

  /**
   * Reads one log record, and returns its category and the size that Azure bills for it.
   *
   * @param in parser at the opening brace; afterwards at the closing brace
   */
  Billed of(JsonParser in) throws IOException {
    return Objects.requireNonNull(unlessEnvelope(in, List.of()));
  }

  /**
   * Returns the category and billed size of a log record, or null if the JSON object only wraps a
   * list of records. An object with a category before the list is a record.
   *
   * @param in parser as in {@link #of}; if the result is null, it is afterwards at the opening
   *     bracket of the list
   * @param lists names that the list may have, in lower case
   */
  @Nullable Billed unlessEnvelope(JsonParser in, List<String> lists) throws IOException {
    String category = "";
    long bytes = 0;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (value == JsonToken.START_ARRAY
          && category.isEmpty()
          && lists.contains(name.toLowerCase(Locale.ROOT))) {
        return null;
      }
      if (name.equals(PROPERTIES) && value == JsonToken.START_OBJECT) {
        bytes += of(in).bytes(); // its members become columns
        continue;
      }
      if (name.equalsIgnoreCase("category") && value == JsonToken.VALUE_STRING) {
        category = in.getText();
      }
      long length = length(in, value);
      bytes += FREE.contains(name.toLowerCase(Locale.ROOT)) ? 0 : length;
    }
    return new Billed(category, bytes);
  }

  private long length(JsonParser in, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (!value.isStructStart()) {
      return in.getText().getBytes(StandardCharsets.UTF_8).length;
    }
    Counter counter = new Counter();
    try (JsonGenerator out = json.createGenerator(counter)) {
      out.copyCurrentStructure(in);
    }
    return counter.bytes;
  }

  /** Output stream that counts the bytes written to it and discards them. */
  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] some, int from, int length) {
      bytes += length;
    }
  }
}
