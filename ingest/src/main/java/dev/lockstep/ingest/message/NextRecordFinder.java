package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.record.AlertFields;
import dev.lockstep.ingest.table.RowSignature;
import java.io.IOException;

/**
 * Finder of the next log record after a damaged one, in a message or text file, by the keys with
 * which records begin. In a text file, records may have lost their end. Elements of lists within a
 * record do not have these keys.
 */
public final class NextRecordFinder {
  private static final int CANDIDATES = 1000;
  private static final long LEAST_BYTES = 1 << 16;
  private static final int HEADS = 8;

  private final JsonFactory json;
  private final Key.Table keys;

  NextRecordFinder(JsonFactory json, Key.Table keys) {
    this.json = json;
    this.keys = keys;
  }

  /** Starts a search for records in a message. */
  public Search search(int messageBytes) {
    return new Search(Math.max(LEAST_BYTES, 4L * messageBytes));
  }

  /**
   * Search for the records in one message. Each failed attempt costs time, and a hostile message
   * may cause many. After a thousand failed attempts, or a number of bytes in proportion to the
   * message, the search finds no complete record any more.
   */
  public final class Search {
    private long bytesLeft;
    private int candidatesLeft = CANDIDATES;

    /**
     * Positions at which the last records that were found in the message begin, at most {@value
     * #HEADS} of them. A damaged record is recognised because it begins with the same keys as one
     * of them.
     */
    private final int[] heads = new int[HEADS];

    private int headsKnown;

    private Search(long bytesLeft) {
      this.bytesLeft = bytesLeft;
    }

    /**
     * Returns the position of the first record that begins between {@code from} and {@code limit},
     * or -1 if none is found.
     *
     * @param limit position before which it has to begin
     * @param end position before which it has to end
     * @param damagedToo whether an incomplete record counts too if it begins like earlier records
     */
    public int next(byte[] bytes, int from, int limit, int end, boolean damagedToo) {
      if (!damagedToo && isSpent()) {
        return -1;
      }
      int at = JsonScan.nextObject(bytes, from, limit);
      while (at >= 0 && !begins(bytes, at, end) && !(damagedToo && isLikeOthers(bytes, at, end))) {
        at = JsonScan.nextObject(bytes, at + 1, limit);
      }
      return at;
    }

    private boolean isSpent() {
      return bytesLeft <= 0 || candidatesLeft <= 0;
    }

    /**
     * Records where a record begins. A damaged record is then found if it begins with the same
     * keys.
     */
    void begun(int at) {
      heads[headsKnown++ % HEADS] = at;
    }

    private boolean isLikeOthers(byte[] bytes, int at, int end) {
      for (int i = 0; i < Math.min(headsKnown, HEADS); i++) {
        if (JsonScan.sameHead(bytes, at, heads[i], end)) {
          return true;
        }
      }
      return false;
    }

    boolean begins(byte[] bytes, int from, int end) {
      int first = JsonScan.skipBlanks(bytes, from + 1, end);
      if (first == end || bytes[first] != '"' || isSpent()) {
        return false;
      }
      try (JsonParser parser = json.createParser(bytes, from, end - from)) {
        boolean found = isRecord(parser);
        if (!found) {
          candidatesLeft--;
          bytesLeft -= parser.currentLocation().getByteOffset();
        }
        return found;
      } catch (IOException e) {
        return false;
      }
    }
  }

  private boolean isRecord(JsonParser parser) {
    boolean category = false;
    boolean common = false;
    boolean alert = false;
    boolean ofAlert = false;
    int signature = 0;
    try {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        Key key = keys.of(parser.currentName());
        JsonToken value = parser.nextToken();
        signature |= RowSignature.of(key);
        switch (key) {
          case CATEGORY -> category = true;
          case TIME, TIME_STAMP, RESOURCE_ID, OPERATION_NAME -> common = true;
          case PROPERTIES -> {
            common = true;
            ofAlert = true;
          }
          case SYSTEM_ALERT_ID -> alert = true;
          case TYPE ->
              alert |= value == JsonToken.VALUE_STRING && AlertFields.isAlert(parser.getText());
          case START_TIME_UTC, START_TIME -> ofAlert = true;
          default -> {}
        }
        parser.skipChildren();
      }
      return (category && common) || (alert && ofAlert) || RowSignature.mayBeRow(signature);
    } catch (IOException e) {
      return false;
    }
  }
}
