package dev.lockstep.app.authoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.message.MessageReader;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Editor of the JSON of a test's record, which inserts the time, category and id if the author left
 * them out.
 *
 * <p>Missing fields are added: a fixed time, one second later for each further record; the category
 * of the rule's log source; and an id that contains the number of the record, for sign-ins, gateway
 * calls and alerts.
 */
final class ShortenedRecord {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Instant FIRST = Instant.parse("2026-01-05T09:00:00Z");
  private static final Set<String> TIMES =
      Set.of(
          "time",
          "timegenerated",
          "timestamp",
          "createddatetime",
          "activitydatetime",
          "detecteddatetime",
          "starttimeutc");

  private final Set<String> keys = new HashSet<>();
  private final Set<String> properties = new HashSet<>();
  private int insertAt = -1;
  private int insertPropertiesAt = -1;
  private @Nullable String category;

  private ShortenedRecord() {}

  /**
   * Returns a test's record with default values for the time, category and id that its author left
   * out. An id is added to sign-ins, gateway calls and alerts only. A text is returned unchanged if
   * it is not a JSON object, or is a message with records of its own.
   *
   * @param otherwise category for a record without a category, or null if none can be determined
   * @param number number of the record in its test, from 0
   */
  static String complete(String json, @Nullable String otherwise, int number) {
    ShortenedRecord record = new ShortenedRecord();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return json;
      }
      record.read(parser);
    } catch (IOException e) {
      return json; // the reader of records rejects it with its reason
    }
    return record.keys.stream().anyMatch(MessageReader.LIST_NAMES::contains)
        ? json
        : record.completed(json, otherwise, number);
  }

  private void read(JsonParser parser) throws IOException {
    insertAt = after(parser);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName().toLowerCase(Locale.ROOT);
      keys.add(key);
      JsonToken value = parser.nextToken();
      if (key.equals("properties") && value == JsonToken.START_OBJECT) {
        insertPropertiesAt = after(parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          properties.add(parser.currentName().toLowerCase(Locale.ROOT));
          parser.nextToken();
          parser.skipChildren();
        }
      } else {
        if (key.equals("category") && value == JsonToken.VALUE_STRING) {
          category = parser.getText();
        }
        parser.skipChildren();
      }
    }
  }

  private static int after(JsonParser parser) {
    return (int) parser.currentTokenLocation().getCharOffset() + 1;
  }

  private String completed(String json, @Nullable String otherwise, int number) {
    StringBuilder own = new StringBuilder();
    StringBuilder inner = new StringBuilder();
    String of = category != null ? category : otherwise;
    if (!keys.contains("category") && !keys.contains("type") && of != null) {
      own.append("\"category\":\"").append(of).append("\",");
    }
    boolean isUntimed =
        keys.stream().noneMatch(TIMES::contains) && properties.stream().noneMatch(TIMES::contains);
    String time = FIRST.plusSeconds(number).toString();
    if (isUntimed) {
      put(keys, "time", time, own);
    }
    if (of != null) {
      String id = "test-record-" + (number + 1);
      String word = of.toLowerCase(Locale.ROOT);
      if (word.endsWith("signinlogs")) {
        put(properties, "id", id, inner);
      } else if (word.equals("gatewaylogs")) {
        put(keys, "correlationId", id, own);
      } else if (word.startsWith("advancedhunting-alert")) {
        put(properties, "AlertId", id, inner);
        if (isUntimed) {
          put(properties, "Timestamp", time, inner);
        }
      } else if (word.equals("securityalert")) {
        put(keys, "SystemAlertId", id, own);
        if (isUntimed) {
          put(keys, "StartTimeUtc", time, own);
        }
      }
    }
    StringBuilder text = new StringBuilder(json);
    if (insertPropertiesAt >= 0) {
      insert(text, insertPropertiesAt, inner, properties.isEmpty());
    } else if (!inner.isEmpty()) {
      inner.setLength(inner.length() - 1);
      own.append("\"properties\":{").append(inner).append("},");
    }
    insert(text, insertAt, own, keys.isEmpty());
    return text.toString();
  }

  private static void put(Set<String> known, String key, String value, StringBuilder to) {
    if (!known.contains(key.toLowerCase(Locale.ROOT))) {
      to.append('"').append(key).append("\":\"").append(value).append("\",");
    }
  }

  private static void insert(StringBuilder text, int at, StringBuilder what, boolean isLast) {
    if (isLast && !what.isEmpty()) {
      what.setLength(what.length() - 1);
    }
    text.insert(at, what);
  }

  static @Nullable String category(List<String> categories) {
    return categories.isEmpty() ? null : categories.get(0);
  }
}
