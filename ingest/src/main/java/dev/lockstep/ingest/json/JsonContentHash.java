package dev.lockstep.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.lockstep.ingest.text.Fingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;

/**
 * Static methods that compute a hash of JSON that does not depend on blanks or on the order of
 * keys, because exports change these. A text within the JSON is hashed as it is, even if the text
 * is JSON too.
 */
public final class JsonContentHash {
  /**
   * Names, in lower case, of the top-level keys and columns whose times the hash leaves out. Such a
   * time belongs to the log line, for example its arrival in the workspace. It is not the time of
   * the event.
   */
  private static final Set<String> ENVELOPE_TIMES =
      Set.of("time", "timestamp", "timegenerated", "_timereceived");

  /**
   * Factory of JSON parsers without limits. A record that is hashed needs none, because it has been
   * read within the configured limits before.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonContentHash() {}

  /** Returns the hash of a readable record, without top-level times such as {@code time}. */
  public static long ofRecord(byte[] bytes, int from, int to) {
    try (JsonParser json = JSON.createParser(bytes, from, to - from)) {
      json.nextToken();
      long sum = Fingerprint.START;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName().toLowerCase(Locale.ROOT);
        json.nextToken();
        if (ENVELOPE_TIMES.contains(name)) {
          json.skipChildren();
        } else {
          sum += of(json, Fingerprint.fold(Fingerprint.START, "." + name));
        }
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "could not hash the content of a record, although its JSON was read without an error", e);
    }
  }

  /**
   * Returns the hash of the object or array in a text. For damaged JSON it is the hash of the text.
   */
  public static long ofText(JsonFactory factory, String text) throws IOException {
    try (JsonParser json = factory.createParser(text)) {
      json.nextToken();
      return of(json, Fingerprint.START);
    } catch (JsonProcessingException e) {
      return Fingerprint.fold(Fingerprint.START, text);
    }
  }

  /**
   * Returns the hash of the value at the parser's position. Hashes of members are summed, so that
   * their order does not matter. Elements of a list are hashed with their index.
   */
  private static long of(JsonParser json, long path) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      long sum = Fingerprint.fold(path, "{}");
      while (json.nextToken() != JsonToken.END_OBJECT) {
        long member = Fingerprint.fold(path, "." + json.currentName());
        json.nextToken();
        sum += of(json, member);
      }
      return sum;
    } else if (json.currentToken() == JsonToken.START_ARRAY) {
      long sum = Fingerprint.fold(path, "[]");
      for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
        sum += of(json, Fingerprint.fold(path, "[" + i));
      }
      return sum;
    }
    return json.currentToken() == JsonToken.VALUE_NULL
        ? 0
        : Fingerprint.fold(path, "=" + json.getText());
  }
}
