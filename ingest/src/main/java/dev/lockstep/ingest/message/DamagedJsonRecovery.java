package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.outcome.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reader that recovers the intact records of a message with damaged JSON. The damaged records, and
 * all bytes between records, become rejections.
 *
 * <p>A damaged record ends where its brackets and quotes end, if the bytes after that end look like
 * the rest of a message. Otherwise the damage hid the true end. Then the record ends where the next
 * record begins, or at the brackets that close the message.
 */
final class DamagedJsonRecovery {
  private static final String STRAY = "a closing bracket has no opening bracket";
  private static final String NO_END = "the record has no end";

  /**
   * Largest number of bytes that one search for a bracket reads after {@link #bracketBytes} is used
   * up.
   */
  private static final int NEAR_BYTES = 4096;

  private static final int BRACKET_LOOKS = 64;

  private final MessageParser parser;
  private final RecordAccounting recordAccounting;
  private final byte[] body;
  private final int end;

  /**
   * Number of bytes that may still be read ahead to check the apparent ends of records. The checks
   * of several records may read the same bytes again. Once nothing is left, each apparent end is
   * believed.
   */
  private long lookBytes;

  /**
   * Number of bytes that searches for brackets may still read; after that, each search is limited
   * to {@value #NEAR_BYTES} bytes.
   */
  private long bracketBytes;

  /** True if the last rejection extended to the message's end. */
  private boolean cutOff;

  /** True if the last value read was intact. */
  private boolean sound;

  private boolean inRecords;
  private boolean inArray;

  DamagedJsonRecovery(MessageParser parser, RecordAccounting recordAccounting, byte[] body) {
    this.parser = parser;
    this.recordAccounting = recordAccounting;
    this.body = body;
    this.end = body.length;
    this.lookBytes = 4L * body.length;
    this.bracketBytes = (long) BRACKET_LOOKS * body.length;
  }

  /**
   * Recovers the intact records in the rest of a damaged JSON document, and rejects its damaged
   * records. The rest begins after the last record that has an outcome.
   *
   * @param mark position of the first byte that no outcome covers yet
   * @return position where the message's next document may begin: beyond the mark, or the end of
   *     the message
   */
  int from(int mark, boolean array, boolean records, boolean afterRecords, IOException failure) {
    cutOff = false;
    sound = true;
    inArray = array;
    inRecords = records;
    if (afterRecords) {
      return afterRecords(mark, failure);
    } else if (inRecords || inArray) {
      return list(mark, mark);
    }
    if (body[mark] == '{') {
      int first = recordsStart(mark);
      inRecords = first >= 0;
      return inRecords ? list(mark, first) : document(mark, failure);
    } else if (body[mark] == '[') {
      inArray = true;
      return list(mark, mark + 1);
    }
    return document(mark, failure);
  }

  private int afterRecords(int mark, IOException failure) {
    int close = closed(mark, 1);
    int stop = close < 0 || isStructure(close, end) ? end : close;
    int next = parser.nextRecord(mark, stop, false);
    if (next < 0) {
      recordAccounting.reject(mark, stop, failure);
      return stop;
    }
    // The bracket did not end the list: records follow it.
    if (!isStructure(mark, next)) {
      recordAccounting.reject(mark, next, failure);
    }
    inRecords = true;
    return list(next, next);
  }

  private int document(int at, IOException failure) {
    return damaged(at, at, body[at] == '{' ? closed(at, 0) : -1, failure);
  }

  /**
   * Recovers the intact elements of a list, and rejects its damaged ones.
   *
   * @param mark position of the first byte that no outcome covers yet
   * @param from position where the next element may begin
   * @return position after the JSON document that holds the list, where the message's next document
   *     may begin
   */
  private int list(int mark, int from) {
    int accounted = mark;
    int at = from;
    while (true) {
      at = skipSeparators(at);
      if (at >= end) {
        if (!cutOff) {
          recordAccounting.reject(
              Math.min(accounted, end),
              end,
              Reason.NOT_JSON,
              "the message ends within its list of records");
        }
        return end;
      }
      if (body[at] == ']') {
        int close = listEnd(at);
        if (close < 0) {
          at = damaged(accounted, at, at + 1, null);
        } else if (!inRecords || !inArray) {
          return close;
        } else {
          inRecords = false;
          at = close;
        }
      } else if (body[at] == '}') {
        at = damaged(accounted, at, at + 1, null);
      } else {
        int nested = inRecords || body[at] != '{' ? -1 : recordsStart(at);
        inRecords |= nested >= 0;
        at = nested >= 0 ? nested : element(at);
      }
      accounted = at;
    }
  }

  /**
   * Returns the position after the current list if the bracket at the given position closes the
   * list, or else -1. The bytes after the bracket tell whether it does. If an object holds the list
   * as its records, the position is after that object. If the message ends before the end of that
   * object, the rest is rejected.
   */
  private int listEnd(int at) {
    int next = JsonScan.skipBlanks(body, at + 1, end);
    if (!inRecords) {
      return isBesideDocuments(next) ? at + 1 : -1;
    }
    if (next < end && body[next] == '}') {
      return next + 1;
    }
    int close = sound ? closed(next, 1) : -1;
    if (next == end) {
      recordAccounting.reject(
          at,
          end,
          Reason.NOT_JSON,
          "the message ends after its list of records, before its own closing bracket");
      cutOff = true;
      return end;
    }
    return close >= 0 && parser.isMembers(next, close) ? close : -1;
  }

  private int element(int at) {
    int stop = valueEnd(at);
    if (stop < 0) {
      return damaged(at, at, -1, parser.limitMet(at, end));
    }
    if (stop == at || (body[at] != '{' && !isBesideRecords(stop))) {
      return damaged(at, at, Math.max(stop, at + 1), parser.limitMet(at, end));
    }
    IOException failure = parser.readAlone(at, stop);
    sound = failure == null;
    return sound ? stop : damaged(at, at, stop, failure);
  }

  /**
   * Rejects bytes up to the position where reading can continue, and returns that position.
   *
   * @param at position of the first damaged byte
   * @param bracketed position where the damaged value seems to end by its brackets, or -1 if no end
   *     was found
   */
  private int damaged(int start, int at, int bracketed, @Nullable IOException failure) {
    sound = false;
    if (body[at] == '{') {
      parser.recordAt(at);
    }
    int stop = resumption(at, bracketed, failure);
    int last = stop;
    while (last > at + 1 && (JsonScan.isBlank(body[last - 1]) || body[last - 1] == ',')) {
      last--;
    }
    cutOff = stop == end;
    if (failure != null) {
      recordAccounting.reject(start, last, failure);
    } else {
      boolean stray = body[at] == '}' || body[at] == ']';
      recordAccounting.reject(start, last, Reason.NOT_JSON, stray ? STRAY : NO_END);
    }
    return stop;
  }

  private int resumption(int at, int bracketed, @Nullable IOException failure) {
    if (bracketed >= 0) {
      int stop = skipStrayBraces(bracketed);
      boolean beyondLimit = failure instanceof StreamConstraintsException;
      int swallowed = beyondLimit ? -1 : parser.nextRecord(at + 1, stop, true);
      if (swallowed >= 0) {
        return swallowed;
      } else if (isBesideRecords(stop)) {
        return stop;
      }
    }
    int whole = parser.nextRecord(at + 1, end, false);
    if (whole >= 0) {
      parser.recordAt(whole);
    }
    int next = parser.nextRecord(at + 1, end, true);
    return next >= 0 ? next : closers(at + 1);
  }

  private int skipStrayBraces(int from) {
    int at = from;
    int next = JsonScan.skipBlanks(body, at, end);
    while (next < end && body[next] == '}') {
      at = next + 1;
      next = JsonScan.skipBlanks(body, at, end);
    }
    return at;
  }

  /**
   * Returns the position where the closing brackets at the end of the message begin. It is {@code
   * least} or later, and the message's end if the brackets are not found.
   */
  private int closers(int least) {
    int at = end;
    if (inArray) {
      at = before(at, ']', least);
    }
    if (inRecords && at >= 0) {
      at = before(at, '}', least);
      at = at < 0 ? -1 : before(at, ']', least);
    }
    return at < 0 ? end : at;
  }

  private int before(int to, char bracket, int least) {
    int at = to;
    while (at > least && JsonScan.isBlank(body[at - 1])) {
      at--;
    }
    return at > least && body[at - 1] == bracket ? at - 1 : -1;
  }

  /**
   * Returns whether another record, the end of the list or the end of the message seems to begin at
   * a position. Once {@link #lookBytes} are used up, the result is true.
   */
  private boolean isBesideRecords(int from) {
    int at = from;
    while (true) {
      at = skipSeparators(at);
      if (at >= end || lookBytes <= 0) {
        return true;
      }
      if (!inRecords && !inArray) {
        return isBesideDocuments(at);
      } else if (body[at] == ']') {
        int next = JsonScan.skipBlanks(body, at + 1, end);
        return inRecords ? next == end || body[next] == '}' : isBesideDocuments(next);
      } else if (body[at] != '{') {
        return false;
      } else if (parser.isRecord(at)) {
        return true;
      }
      int stop = JsonScan.afterClosing(body, at, end, 0);
      lookBytes -= (stop < 0 ? end : stop) - at;
      if (stop < 0) {
        // The message is cut off at its end, unless the damage only makes it look so.
        return parser.nextRecord(at + 1, end, false) < 0;
      }
      at = stop;
    }
  }

  private int closed(int from, int open) {
    return looked(from, JsonScan.afterClosing(body, from, reach(from), open));
  }

  private int valueEnd(int from) {
    return looked(from, JsonScan.valueEnd(body, from, reach(from)));
  }

  private int recordsStart(int from) {
    return looked(from, JsonScan.recordsStart(body, from, reach(from)));
  }

  private int reach(int from) {
    return bracketBytes > 0 ? end : Math.min(end, from + NEAR_BYTES);
  }

  private int looked(int from, int found) {
    bracketBytes -= (found < 0 ? reach(from) : found) - from;
    return found;
  }

  private boolean isBesideDocuments(int at) {
    return at == end || body[at] == '{' || body[at] == '[' || body[at] == ',' || isLineStart(at);
  }

  private boolean isLineStart(int at) {
    int i = at;
    while (i > 0 && JsonScan.isBlank(body[i - 1])) {
      if (body[--i] == '\n') {
        return true;
      }
    }
    return false;
  }

  private int skipSeparators(int from) {
    int at = from;
    while (at < end && (JsonScan.isBlank(body[at]) || body[at] == ',')) {
      at++;
    }
    return at;
  }

  private boolean isStructure(int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = body[i];
      if (!JsonScan.isBlank(b) && b != ',' && b != ']' && b != '}') {
        return false;
      }
    }
    return true;
  }
}
