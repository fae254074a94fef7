package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the whole records out of a message whose JSON is damaged. Where brackets and quotes tell the
 * end of the damaged record, it is cut there; where they do not, or swallowed a neighbour, the next
 * object that looks like a record ends it. What has no end is one rejection.
 */
final class Salvage {
  private final Reading reading;
  private final byte[] body;
  private final int end;

  /** Whether what was rejected last went on to the message's end. */
  private boolean cutOff;

  Salvage(Reading reading, byte[] body) {
    this.reading = reading;
    this.body = body;
    this.end = body.length;
  }

  /**
   * Deals with the damage.
   *
   * @param mark the first byte that has no outcome yet
   * @return where a new document may begin; always beyond the mark, or the end
   */
  int from(
      int mark, boolean inArray, boolean inRecords, boolean afterRecords, IOException failure) {
    cutOff = false;
    if (afterRecords) {
      return afterRecords(mark, failure);
    } else if (inRecords || inArray) {
      return list(mark, mark, inRecords, inArray, failure);
    }
    if (body[mark] == '{') {
      int records = Scan.recordsStart(body, mark, end);
      return records < 0 ? damaged(mark, failure) : list(mark, records, true, false, failure);
    } else if (body[mark] == '[') {
      return list(mark, mark + 1, false, true, failure);
    }
    return damaged(mark, failure);
  }

  /** The list's records are read; what follows them in the envelope is damaged. */
  private int afterRecords(int mark, IOException failure) {
    int close = Scan.closed(body, mark, end, 1);
    int stop = close < 0 ? end : close;
    reading.reject(mark, stop, Reason.of(failure), detail(failure));
    return stop;
  }

  /**
   * Goes through a list.
   *
   * @param mark the first byte that has no outcome yet
   * @param from where the next element may begin
   */
  private int list(int mark, int from, boolean inRecords, boolean inArray, IOException failure) {
    boolean records = inRecords;
    int accounted = mark;
    int at = from;
    while (true) {
      while (at < end && (Scan.isBlank(body[at]) || body[at] == ',')) {
        at++;
      }
      if (at >= end) {
        if (!cutOff) {
          reading.reject(
              Math.min(accounted, end),
              end,
              Reason.NOT_JSON,
              "the message ends before its list of records");
        }
        return end;
      }
      if (body[at] == ']') {
        at++;
        if (records) {
          int close = Scan.closed(body, at, end, 1);
          if (close < 0) {
            return afterRecords(at, failure);
          }
          at = close;
        }
        if (!records || !inArray) {
          return at;
        }
        records = false;
      } else if (body[at] == '}') {
        at = strays(at);
        cutOff = at == end;
        reading.reject(accounted, at, Reason.NOT_JSON, "a bracket closes what was not opened");
      } else {
        int nested = records || body[at] != '{' ? -1 : Scan.recordsStart(body, at, end);
        records |= nested >= 0;
        at = nested >= 0 ? nested : element(at);
      }
      accounted = at;
    }
  }

  /** Returns the position after brackets that close what is not open in a list. */
  private int strays(int from) {
    int at = from;
    int next = Scan.skipBlanks(body, at, end);
    while (next < end && body[next] == '}') {
      at = next + 1;
      next = Scan.skipBlanks(body, at, end);
    }
    return at;
  }

  private int element(int at) {
    int stop = Scan.valueEnd(body, at, end);
    if (stop < 0) {
      return cut(at, end, null);
    }
    IOException failure = reading.readAlone(at, stop);
    return failure == null ? stop : cut(at, strays(stop), failure);
  }

  /** A damaged document that is no list. */
  private int damaged(int at, IOException failure) {
    boolean open = body[at] == '{';
    int stop = open ? Scan.closed(body, at, end, 0) : -1;
    return cut(at, stop < 0 ? end : stop, failure);
  }

  /** Rejects from there to where the next record begins, at the latest to the limit. */
  private int cut(int at, int limit, @Nullable IOException failure) {
    int stop = limit;
    if (!(failure instanceof StreamConstraintsException)) {
      int next = reading.nextRecord(at + 1, limit);
      stop = next < 0 ? limit : next;
    }
    int last = stop;
    while (last > at + 1 && (Scan.isBlank(body[last - 1]) || body[last - 1] == ',')) {
      last--;
    }
    if (failure == null) {
      cutOff = stop == end;
      reading.reject(at, last, Reason.NOT_JSON, "the record has no end");
    } else {
      reading.reject(at, last, Reason.of(failure), detail(failure));
    }
    return stop;
  }

  private static String detail(IOException failure) {
    String message =
        failure instanceof JsonProcessingException parsing
            ? parsing.getOriginalMessage()
            : String.valueOf(failure.getMessage());
    return "the JSON could not be read: " + Quoted.plain(message, 160);
  }
}
