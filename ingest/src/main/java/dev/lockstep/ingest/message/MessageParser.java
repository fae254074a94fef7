package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.raw.RawFieldFinder.Form;
import dev.lockstep.ingest.record.ActivityMapper;
import dev.lockstep.ingest.record.RecordFields;
import dev.lockstep.ingest.table.RowSignature;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parser of one message, which passes the outcome of each record to a consumer.
 *
 * <h2>Two ways</h2>
 *
 * The parser streams over the whole message, and the outcome of a record goes out when the record
 * ends. If the parser fails, all outcomes so far are right, and the mark is the position up to
 * which the records have their outcomes. From the mark on, {@link DamagedJsonRecovery} cuts by
 * brackets and quotes and has each slice read by itself. Limits are handled the same way, so that
 * the limits of a record do not depend on its neighbours.
 */
public final class MessageParser {
  private static final String UNSPLIT =
      "the value of the key \"records\" has to be a list of JSON objects, and it is not one";
  private static final String FAILED =
      "the document is the error of a failed query, and has no records; ask for the records again";

  private final MessageReader reader;
  private final byte[] body;
  private final RecordAccounting recordAccounting;
  private final NextRecordFinder.Search search;

  /**
   * True if the message may contain a text longer than {@code limits.stringBytes}. Then the parser
   * measures every text. It is computed once, because damage opens many parsers.
   */
  private final boolean measured;

  /**
   * Position in the message up to which the records have their outcomes. The next three fields tell
   * whether it lies in an array, among records, or after them.
   */
  private int mark;

  private boolean inArray;
  private boolean inRecords;
  private boolean afterRecords;

  /**
   * Number of bytes that may still be read to count quotes. Once nothing is left, no text counts as
   * one that has lost its end.
   */
  private long quoteBytes;

  MessageParser(
      MessageReader reader,
      byte[] body,
      Where where,
      @Nullable Long enqueuedAt,
      Consumer<Outcome> sink) {
    this.reader = reader;
    this.body = body;
    this.recordAccounting = new RecordAccounting(reader, body, where, enqueuedAt, sink);
    this.search = reader.shape.search(body.length);
    this.quoteBytes = 4L * body.length;
    this.measured = JsonScan.mayHoldText(body, reader.limits.stringBytes());
  }

  /**
   * Parses the message, and passes each record's outcome to the consumer given to the constructor.
   * Returns the number of records that began in the message.
   */
  int run() {
    if (body.length > reader.limits.messageBytes()) {
      recordAccounting.reject(
          0,
          body.length,
          Reason.TOO_LARGE,
          "the message has more than the %d bytes that limits.messageBytes allows"
              .formatted(reader.limits.messageBytes()));
      return recordAccounting.begun();
    }
    int start = JsonScan.skipMarks(body, 0, body.length);
    if (start == body.length) {
      recordAccounting.reject(0, body.length, Reason.NOT_JSON, "the message is empty");
      return recordAccounting.begun();
    }
    DamagedJsonRecovery recovery = new DamagedJsonRecovery(this, recordAccounting, body);
    int first = start;
    while (start < body.length) {
      IOException failure = stream(start);
      if (failure == null) {
        return recordAccounting.begun();
      }
      recordAccounting.uncountOpen();
      boolean between = mark > first && !inArray && !inRecords && !afterRecords;
      int left = between ? skipSeparators(mark) : JsonScan.skipBlanks(body, mark, body.length);
      start =
          between && left > mark
              ? left
              : recovery.from(left, inArray, inRecords, afterRecords, failure);
      start = JsonScan.skipBlanks(body, start, body.length);
    }
    return recordAccounting.begun();
  }

  private int skipSeparators(int from) {
    int at = JsonScan.skipMarks(body, from, body.length);
    // Commas remain where an array was cut into lines.
    while (at < body.length && body[at] == ',') {
      at = JsonScan.skipMarks(body, at + 1, body.length);
    }
    return at;
  }

  /**
   * Parses the message from a byte position on.
   *
   * @return failure that stopped the parser, or null if it reached the end of the message
   */
  private @Nullable IOException stream(int start) {
    mark = start;
    inArray = false;
    inRecords = false;
    afterRecords = false;
    try (JsonParser json = reader.parser(body, start, body.length, measured)) {
      while (json.nextToken() != null) {
        mark = start + tokenAt(json);
        if (json.currentToken() == JsonToken.START_ARRAY) {
          readList(json, start, false);
          inArray = false;
        } else {
          readDocument(json, start);
        }
        mark = start + readTo(json);
      }
      return null;
    } catch (JsonProcessingException e) {
      return e;
    } catch (RuntimeException e) {
      return recordAccounting.fault(e);
    } catch (IOException e) {
      throw new UncheckedIOException("could not parse JSON in memory; report this bug", e);
    }
  }

  /**
   * Reads each element of a list as a record, or as a document if {@code records} is false. Before
   * an element is read, {@link #mark} is set to its start, and afterwards to its end. Until the
   * first element the mark stays before the list.
   */
  private void readList(JsonParser json, int start, boolean records) throws IOException {
    JsonToken token = json.nextToken();
    while (token != JsonToken.END_ARRAY) {
      mark = start + tokenAt(json);
      inRecords |= records;
      inArray |= !records;
      if (token == JsonToken.VALUE_STRING) {
        token = rejectText(json, start);
        continue;
      } else if (records) {
        readRecord(json, start);
      } else {
        readDocument(json, start);
      }
      mark = start + readTo(json);
      token = json.nextToken();
    }
  }

  /**
   * Rejects a text in a list of records, and returns the token after it. A text without closing
   * quote would end at the first quote of the next record. Such a text is not rejected here, but
   * left to {@link DamagedJsonRecovery}.
   */
  private JsonToken rejectText(JsonParser json, int start) throws IOException {
    recordAccounting.begin();
    json.finishToken();
    int end = start + readTo(json);
    try {
      JsonToken next = json.nextToken();
      recordAccounting.rejectAsNoRecord(mark, end);
      return next;
    } catch (JsonProcessingException e) {
      if (!hasLostItsEnd(mark, end)) {
        recordAccounting.rejectAsNoRecord(mark, end);
        mark = end;
      }
      throw e;
    }
  }

  /**
   * Returns whether a text seems to have lost its closing quote. That is so if a whole record
   * begins in the text, and the message has an odd number of quotes from the start of the text on.
   * With an even number, the text ends farther on. The record may then be content of the text, with
   * quotes that lost their escapes.
   */
  private boolean hasLostItsEnd(int from, int to) {
    if (quoteBytes <= 0 || nextRecord(from + 1, to, false) < 0) {
      return false;
    }
    quoteBytes -= body.length - from;
    return JsonScan.quotes(body, from, body.length) % 2 != 0;
  }

  private void readDocument(JsonParser json, int start) throws IOException {
    recordAccounting.begin();
    if (json.currentToken() != JsonToken.START_OBJECT) {
      rejectValue(json, start);
      return;
    }
    RecordFields fields = reader.fields;
    fields.clear();
    long tokens = json.currentTokenCount();
    boolean envelope = false;
    boolean unsplit = false;
    int names = 0;
    boolean failed = false;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = reader.keys.of(name);
      JsonToken value = json.nextToken();
      names++;
      if (holdsRecords(key, value)) {
        if (!envelope) {
          recordAccounting.uncountOpen();
        }
        envelope = true;
        afterRecords = false;
        if (value == JsonToken.START_ARRAY) {
          readList(json, start, true);
        } else {
          inRecords = true;
          mark = start + tokenAt(json);
          readRecord(json, start);
        }
        inRecords = false;
        afterRecords = true;
        mark = start + readTo(json);
      } else if (envelope) {
        json.skipChildren();
      } else {
        unsplit |= key == Key.RECORDS && value != JsonToken.VALUE_NULL;
        failed |= name.equalsIgnoreCase("error") && value == JsonToken.START_OBJECT;
        fields.signature |= RowSignature.of(key);
        reader.records.readTop(key, json, fields);
      }
    }
    afterRecords = false;
    if (!envelope) {
      finish(json, start, tokens, unsplit ? UNSPLIT : failed && names == 1 ? FAILED : null);
    }
  }

  private boolean holdsRecords(Key key, JsonToken value) {
    if (key == Key.RECORDS) {
      return value.isStructStart();
    }
    return (key == Key.VALUE || key == Key.VALUES)
        && value == JsonToken.START_ARRAY
        && reader.fields.signature == 0
        && !reader.fields.anyCategory;
  }

  private void readRecord(JsonParser json, int start) throws IOException {
    recordAccounting.begin();
    if (json.currentToken() != JsonToken.START_OBJECT) {
      rejectValue(json, start);
      return;
    }
    long tokens = json.currentTokenCount();
    readFields(json);
    finish(json, start, tokens, null);
  }

  private void readFields(JsonParser json) throws IOException {
    RecordFields fields = reader.fields;
    fields.clear();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = reader.keys.of(name);
      json.nextToken();
      fields.signature |= RowSignature.of(key);
      reader.records.readTop(key, json, fields);
    }
  }

  /**
   * Passes on the outcome of the record that the parser has read.
   *
   * @param problem reason with which an object without a category is rejected; null if such an
   *     object is ignored instead
   */
  private void finish(JsonParser json, int start, long tokensBefore, @Nullable String problem)
      throws IOException {
    search.begun(mark);
    int end = start + readTo(json);
    if (json.currentTokenCount() - tokensBefore > reader.limits.tokens()) {
      Reason reason = Reason.TOO_MANY_TOKENS;
      Slice slice = recordAccounting.next(mark, end);
      recordAccounting.pass(slice, slice.rejected(reason, reader.limits.beyond(reason)));
    } else {
      reader.records.complete(body, start, reader.fields);
      Slice slice = recordAccounting.next(mark, end);
      boolean isRow = RowSignature.mayBeRow(reader.fields.signature);
      Outcome outcome =
          isRow ? reader.rows.read(slice, reader.fields) : ActivityMapper.map(reader.fields, slice);
      if (outcome instanceof Outcome.Mapped mapped) {
        addRawFields(mapped.activity(), slice, isRow);
        int flaws = reader.fields.flaws();
        if (flaws != 0) {
          outcome = new Outcome.Mapped(mapped.activity(), Flaw.words(flaws));
        }
      } else if (problem != null
          && outcome instanceof Outcome.Ignored of
          && of.category().isEmpty()) {
        outcome = slice.rejected(Reason.NOT_A_RECORD, problem);
      }
      recordAccounting.pass(slice, outcome);
    }
  }

  private void addRawFields(Activity activity, Slice slice, boolean isRow) {
    boolean isOfTable = RowSignature.any(reader.fields.signature, RowSignature.TIME_GENERATED);
    Form form = !isRow ? Form.RECORD : isOfTable ? Form.TABLE_ROW : Form.GRAPH_OBJECT;
    ByteBuffer raw =
        reader.raw.find(activity.getCategory(), slice.message(), slice.start(), slice.end(), form);
    activity.setRaw(raw);
  }

  /**
   * Reads a part of a message as one record.
   *
   * @return failure that left the part without an outcome, or null if the part has an outcome
   */
  @Nullable IOException readAlone(int from, int to) {
    recordAccounting.begin();
    try (JsonParser json = reader.parser(body, from, to, measured)) {
      json.nextToken();
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        recordAccounting.rejectAsNoRecord(from, to);
        return null;
      }
      readFields(json);
      mark = from;
      finish(json, from, 1, null);
      return null;
    } catch (JsonProcessingException e) {
      recordAccounting.uncountOpen();
      return e;
    } catch (RuntimeException e) {
      recordAccounting.uncountOpen();
      return recordAccounting.fault(e);
    } catch (IOException e) {
      throw new UncheckedIOException("could not parse JSON in memory; report this bug", e);
    }
  }

  @Nullable StreamConstraintsException limitMet(int from, int to) {
    try (JsonParser json = reader.parser(body, from, to, measured)) {
      json.nextToken();
      json.skipChildren();
      return null;
    } catch (StreamConstraintsException e) {
      return e;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Returns the position of the first record that begins between two positions, or -1 if no such
   * record is found.
   *
   * @param damagedToo whether an incomplete record counts too if it begins like earlier records
   */
  int nextRecord(int from, int limit, boolean damagedToo) {
    return search.next(body, from, limit, body.length, damagedToo);
  }

  void recordAt(int at) {
    search.begun(at);
  }

  boolean isRecord(int at) {
    return search.begins(body, at, body.length);
  }

  /**
   * Returns whether the bytes between two positions are the rest of a JSON object. The rest is a
   * comma, further members and the closing brace.
   */
  boolean isMembers(int from, int to) {
    byte[] object = Arrays.copyOfRange(body, from - 1, to);
    object[0] = '{';
    int comma = JsonScan.skipBlanks(object, 1, object.length);
    if (object[comma] != ',') {
      return false;
    }
    object[comma] = ' ';
    try (JsonParser json = reader.strict.createParser(object)) {
      json.nextToken();
      json.skipChildren();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void rejectValue(JsonParser json, int start) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      json.finishToken(); // else it has no end yet
    }
    json.skipChildren();
    recordAccounting.rejectAsNoRecord(mark, start + readTo(json));
  }

  private static int tokenAt(JsonParser json) {
    return (int) json.currentTokenLocation().getByteOffset();
  }

  private static int readTo(JsonParser json) {
    return (int) json.currentLocation().getByteOffset();
  }
}
