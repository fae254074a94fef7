package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One message being read.
 *
 * <h2>Two ways through</h2>
 *
 * The parser streams over the whole message, and a record's outcome goes out when the record has
 * ended. If the parser fails, nothing that went out was wrong, and the mark says what is left: from
 * there {@link Salvage} cuts by brackets and quotes and has each slice judged by itself. Limits are
 * met the same way, so what a record may hold does not depend on what surrounds it.
 */
final class Reading {
  private final MessageReader reader;
  private final byte[] body;
  private final Where where;
  private final @Nullable Long enqueuedAt;
  private final Consumer<Outcome> sink;
  private final RecordShape.Search search;
  private int index;

  /** The first byte that no outcome accounts for, and what surrounds it. */
  private int mark;

  private boolean inArray;
  private boolean inRecords;
  private boolean afterRecords;

  Reading(
      MessageReader reader,
      byte[] body,
      Where where,
      @Nullable Long enqueuedAt,
      Consumer<Outcome> sink) {
    this.reader = reader;
    this.body = body;
    this.where = where;
    this.enqueuedAt = enqueuedAt;
    this.sink = sink;
    this.search = reader.shape.search(body.length);
    this.index = where.getIndex();
  }

  void run() {
    if (body.length > reader.limits.messageBytes()) {
      reject(
          0,
          body.length,
          Reason.TOO_LARGE,
          "the message has %d bytes, %d are allowed"
              .formatted(body.length, reader.limits.messageBytes()));
      return;
    }
    int start = Scan.skipBlanks(body, Scan.markEnd(body), body.length);
    if (start == body.length) {
      reject(0, body.length, Reason.NOT_JSON, "the message is empty");
      return;
    }
    Salvage salvage = new Salvage(this, body);
    int first = start;
    while (start < body.length) {
      IOException failure = stream(start);
      if (failure == null) {
        return;
      }
      boolean between = mark > first && !inArray && !inRecords && !afterRecords;
      int left = between ? skipSeparators(mark) : Scan.skipBlanks(body, mark, body.length);
      start =
          between && left > mark
              ? left
              : salvage.from(left, inArray, inRecords, afterRecords, failure);
      start = Scan.skipBlanks(body, start, body.length);
    }
  }

  /** Documents one after another may have commas between them, as lines of a cut array have. */
  private int skipSeparators(int from) {
    int at = Scan.skipBlanks(body, from, body.length);
    while (at < body.length && body[at] == ',') {
      at = Scan.skipBlanks(body, at + 1, body.length);
    }
    return at;
  }

  /** Reads from there to the end, or until it fails. */
  private @Nullable IOException stream(int start) {
    mark = start;
    inArray = false;
    inRecords = false;
    afterRecords = false;
    try (JsonParser json = reader.strict.createParser(body, start, body.length - start)) {
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
    } catch (IOException e) {
      throw new UncheckedIOException("could not read from memory", e);
    }
  }

  /** Reads the elements of a list; until the first of them the mark stays before the list. */
  private void readList(JsonParser json, int start, boolean records) throws IOException {
    while (json.nextToken() != JsonToken.END_ARRAY) {
      mark = start + tokenAt(json);
      if (records) {
        inRecords = true;
        readRecord(json, start);
      } else {
        inArray = true;
        readDocument(json, start);
      }
      mark = start + readTo(json);
    }
  }

  /** Reads an envelope or a bare record. */
  private void readDocument(JsonParser json, int start) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      rejectValue(json, start);
      return;
    }
    RecordFields fields = reader.fields;
    fields.clear();
    long tokens = json.currentTokenCount();
    boolean envelope = false;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = reader.keys.of(name);
      JsonToken value = json.nextToken();
      if (isList(key, value)) {
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
        fields.marks |= RowMarks.of(key);
        reader.records.readTop(key, json, fields);
      }
    }
    afterRecords = false;
    if (!envelope) {
      finish(json, start, tokens);
    }
  }

  /** Whether an object's key holds records; if not, the object may be a record itself. */
  private boolean isList(Key key, JsonToken value) {
    if (key == Key.RECORDS) {
      return value.isStructStart();
    }
    return (key == Key.VALUE || key == Key.VALUES)
        && value == JsonToken.START_ARRAY
        && reader.fields.marks == 0
        && !reader.fields.anyCategory;
  }

  private void readRecord(JsonParser json, int start) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      rejectValue(json, start);
      return;
    }
    long tokens = json.currentTokenCount();
    readFields(json);
    finish(json, start, tokens);
  }

  private void readFields(JsonParser json) throws IOException {
    RecordFields fields = reader.fields;
    fields.clear();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = reader.keys.of(name);
      json.nextToken();
      fields.marks |= RowMarks.of(key);
      reader.records.readTop(key, json, fields);
    }
  }

  private void finish(JsonParser json, int start, long tokensBefore) throws IOException {
    int end = start + readTo(json);
    if (json.currentTokenCount() - tokensBefore > reader.limits.tokens()) {
      reject(
          mark,
          end,
          Reason.TOO_MANY_TOKENS,
          "the record has more than %d JSON tokens".formatted(reader.limits.tokens()));
    } else {
      Slice record = next(mark, end);
      reader.records.complete(body, start, reader.fields);
      sink.accept(
          RowMarks.mayBeRow(reader.fields.marks)
              ? reader.rows.read(record, reader.fields)
              : ActivityMapper.map(reader.fields, record));
    }
  }

  /**
   * Reads the slice as one record and nothing else.
   *
   * @return why it is none, or null if its outcome went out
   */
  @Nullable IOException readAlone(int from, int to) {
    try (JsonParser json = reader.strict.createParser(body, from, to - from)) {
      json.nextToken();
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        rejectAsNoRecord(from, to);
        return null;
      }
      readFields(json);
      mark = from;
      finish(json, from, 1);
      return null;
    } catch (JsonProcessingException e) {
      return e;
    } catch (IOException e) {
      throw new UncheckedIOException("could not read from memory", e);
    }
  }

  /** Returns where the next record begins, or -1. */
  int nextRecord(int from, int limit) {
    return search.next(body, from, limit, body.length);
  }

  private void rejectValue(JsonParser json, int start) throws IOException {
    json.skipChildren();
    rejectAsNoRecord(mark, start + readTo(json));
  }

  private void rejectAsNoRecord(int from, int to) {
    reject(from, to, Reason.NOT_A_RECORD, "a record is an object, and this is none");
  }

  void reject(int from, int to, Reason reason, String detail) {
    sink.accept(next(from, to).rejected(reason, detail));
  }

  /** Returns the slice of the next record, numbered. */
  private Slice next(int from, int to) {
    return new Slice(body, from, to, Origin.at(where, index++), enqueuedAt);
  }

  private static int tokenAt(JsonParser json) {
    return (int) json.currentTokenLocation().getByteOffset();
  }

  private static int readTo(JsonParser json) {
    return (int) json.currentLocation().getByteOffset();
  }
}
