package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Tells a log record from other objects by its keys, for the search of the next record after
 * damage: an element of some list inside a record does not have them.
 */
final class RecordShape {
  private final JsonFactory json;
  private final Key.Table keys;

  RecordShape(JsonFactory json, Key.Table keys) {
    this.json = json;
    this.keys = keys;
  }

  /**
   * Returns where the next complete record begins that stands behind a comma or line end, or -1.
   */
  int next(byte[] bytes, int from, int limit, int end) {
    int at = Scan.nextObject(bytes, from, limit);
    while (at >= 0 && !begins(bytes, at, end)) {
      at = Scan.nextObject(bytes, at + 1, limit);
    }
    return at;
  }

  private boolean begins(byte[] bytes, int from, int end) {
    boolean category = false;
    boolean other = false;
    try (JsonParser parser = json.createParser(bytes, from, end - from)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        switch (keys.of(parser.currentName())) {
          case CATEGORY -> category = true;
          case TIME, TIME_STAMP, PROPERTIES, RESOURCE_ID, OPERATION_NAME -> other = true;
          default -> {}
        }
        parser.nextToken();
        parser.skipChildren();
      }
      return category && other;
    } catch (IOException e) {
      return false;
    }
  }
}
