package dev.lockstep.app.cost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * What a record takes on the bill of a Log Analytics workspace: the length of its columns' values
 * as text, names and standard columns aside; a dynamic value is its JSON. So Microsoft documents it
 * in "Azure Monitor Logs cost calculations and options", section "Data size calculation". Which
 * characters a value is written with is not documented: it is taken as it is sent, in UTF-8.
 */
final class BilledSize {
  private static final String PROPERTIES = "properties";

  /** Not billed, and what becomes one of these. */
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
   * A record's size.
   *
   * @param category as the record names it; empty if it does not
   */
  record Billed(String category, long bytes) {}

  /**
   * Reads a record.
   *
   * @param in at its opening brace, or at the first name behind it; left at its closing brace
   */
  Billed of(JsonParser in) throws IOException {
    String category = "";
    long bytes = 0;
    if (in.currentToken() == JsonToken.START_OBJECT) {
      in.nextToken();
    }
    for (; in.currentToken() == JsonToken.FIELD_NAME; in.nextToken()) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (name.equals(PROPERTIES) && value == JsonToken.START_OBJECT) {
        bytes += of(in).bytes(); // its members are columns of their own
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
