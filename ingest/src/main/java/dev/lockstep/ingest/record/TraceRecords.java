package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.EmbeddedJson;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;

/**
 * Reader of the trace records of a gateway call, one of which may tell the claims of the call's
 * token. That trace is the call's identity link, and has the source {@code lockstep}. The message
 * or data of the trace is an object, or a text that holds an object. The object may have a message
 * or data again, up to four levels deep. Traces of other sources are ignored. A trace of this
 * source without a link, and a trace that is no object, are recorded as {@link Flaw#BAD_TRACE}.
 */
final class TraceRecords {
  private static final String SOURCE = "lockstep";
  private static final int LEVELS = 4;

  private final Key.Table keys;
  private final JsonFactory embedded;

  TraceRecords(Key.Table keys, JsonFactory embedded) {
    this.keys = keys;
    this.embedded = embedded;
  }

  void read(JsonParser json, RecordFields fields) throws IOException {
    if (json.currentToken().isStructStart()) {
      readAll(json, fields);
    } else if (MultiValueText.isStructure(json)) {
      EmbeddedJson.structure(embedded, json, traces -> readText(traces, fields));
    } else {
      fields.ids.skip(json, Flaw.BAD_TRACE);
    }
  }

  private void readText(JsonParser json, RecordFields fields) throws IOException {
    try {
      readAll(json, fields);
    } catch (JsonProcessingException e) {
      fields.ids.record(Flaw.BAD_TRACE);
      throw e;
    }
  }

  private void readAll(JsonParser json, RecordFields fields) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      readTrace(json, fields);
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        readTrace(json, fields);
      } else {
        fields.ids.skip(json, Flaw.BAD_TRACE);
      }
    }
  }

  private void readTrace(JsonParser json, RecordFields fields) throws IOException {
    LinkFields link = new LinkFields();
    String source = null;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = keys.of(name);
      json.nextToken();
      if (key == Key.SOURCE) {
        source = Scalars.first(source, json);
      } else if (key == Key.MESSAGE || key == Key.DATA) {
        if (!link.isPresent() && (source == null || source.equalsIgnoreCase(SOURCE))) {
          link = payload(json, link, 0);
        } else {
          json.skipChildren();
        }
      } else {
        json.skipChildren();
      }
    }
    if (source == null || !source.equalsIgnoreCase(SOURCE)) {
      return;
    }
    if (!link.isPresent()) {
      fields.ids.record(Flaw.BAD_TRACE);
    } else if (!fields.call.trace.isPresent()) {
      fields.call.trace = link;
    }
  }

  private LinkFields payload(JsonParser json, LinkFields link, int level) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT && level < LEVELS) {
      return object(json, link, level);
    }
    if (json.currentToken() != JsonToken.VALUE_STRING || level >= LEVELS) {
      json.skipChildren();
      return link;
    }
    try (JsonParser inner = EmbeddedJson.open(embedded, json)) {
      return isObject(inner) ? object(inner, link, level) : link;
    } catch (JsonProcessingException e) {
      return new LinkFields();
    }
  }

  private static boolean isObject(JsonParser text) throws IOException {
    try {
      return text.nextToken() == JsonToken.START_OBJECT;
    } catch (JsonProcessingException e) {
      return false; // plain text
    }
  }

  private LinkFields object(JsonParser json, LinkFields link, int level) throws IOException {
    LinkFields found = link;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = keys.of(name);
      json.nextToken();
      if (key == Key.MESSAGE || key == Key.DATA) {
        found = payload(json, found, level + 1);
      } else if (!found.take(key, json)) {
        json.skipChildren();
      }
    }
    return found;
  }
}
