package dev.lockstep.ingest.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.category.CategoryGroup;
import dev.lockstep.ingest.json.EmbeddedJson;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.record.ActivityMapper;
import dev.lockstep.ingest.record.RecordFields;
import dev.lockstep.ingest.record.RecordParser;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.schemas.text.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parser of rows of exported tables, and of objects of Microsoft Graph, into {@link RecordFields}.
 * The fields are set as if an event hub had brought the record. A row has the values of a log
 * record's envelope and of its {@code properties} side by side.
 *
 * <p>The column {@code Type} names the table of a row. If this column is missing, {@code TableName}
 * names the table, provided that the table is known. Otherwise the present columns show the table.
 */
public final class RowParser {
  private static final Set<String> UNION_TYPES =
      Set.of(
          "bool",
          "datetime",
          "decimal",
          "dynamic",
          "guid",
          "int",
          "long",
          "real",
          "string",
          "timespan");

  private final JsonFactory json;
  private final JsonFactory embedded;
  private final Key.Table keys;
  private final RecordParser records;
  private final JsonWalker walker;
  private final ActivityLogColumns activityLog;

  public RowParser(JsonFactory json, JsonFactory embedded, Key.Table keys, RecordParser records) {
    this.json = json;
    this.embedded = embedded;
    this.keys = keys;
    this.records = records;
    this.walker = new JsonWalker(keys, embedded);
    this.activityLog = new ActivityLogColumns(walker, records);
  }

  /**
   * Reads a record again as a table's row, and returns its outcome. A record that is no row keeps
   * its fields.
   *
   * @param fields fields of the record, which was first read as a log record; their signature
   *     ({@link RowSignature}) shows that the record may be a row
   */
  public Outcome read(Slice slice, RecordFields fields) {
    RowKind kind = new RowKind(fields.signature, embedded, walker);
    Category category = null;
    try {
      readKind(slice, kind);
      category = kind.category();
      Slice arrived = slice;
      if (category != null) {
        start(fields, category, category.spelling);
        arrived = readColumns(slice, kind, category, fields);
      }
      String other = kind.otherTable();
      if (category == null && other != null) {
        start(fields, null, other);
      }
      return ActivityMapper.map(fields, arrived);
    } catch (JsonProcessingException e) {
      String detail = "the row could not be read: " + Quoted.excerpt(e.getOriginalMessage(), 160);
      return category == null
          ? slice.rejected(Reason.of(e), detail)
          : slice.rejected(Reason.of(e), detail, category);
    } catch (IOException e) {
      throw new UncheckedIOException("could not parse JSON in memory; report this bug", e);
    }
  }

  private static void start(RecordFields fields, @Nullable Category category, String text) {
    int signature = fields.signature;
    fields.clear();
    fields.signature = signature;
    fields.anyCategory = true;
    fields.category = category;
    fields.categoryText = text;
  }

  private JsonParser open(Slice slice) throws IOException {
    JsonParser parser =
        json.createParser(slice.message(), slice.start(), slice.end() - slice.start());
    parser.nextToken();
    return parser;
  }

  private void readKind(Slice slice, RowKind kind) throws IOException {
    try (JsonParser parser = open(slice)) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        Key key = plainKey(parser.currentName());
        parser.nextToken();
        kind.read(key, parser);
      }
    }
  }

  /**
   * Returns the JSON key that a column of a row stands for. A union of tables splits a column of
   * different types, for example into {@code Status_dynamic} and {@code Status_string}. A row fills
   * one of them.
   */
  private Key plainKey(String column) {
    Key key = keys.of(column);
    int bar = key == Key.OTHER ? column.lastIndexOf('_') : -1;
    return bar > 0 && UNION_TYPES.contains(Scalars.lower(column.substring(bar + 1)))
        ? keys.of(column.substring(0, bar))
        : key;
  }

  /**
   * Reads a row's columns into the fields of a log record, and returns the row's slice with its
   * arrival time. The column {@code _TimeReceived} has that time. The slice is returned unchanged
   * if the hub gave an arrival time, or if that column has no readable time.
   */
  private Slice readColumns(Slice slice, RowKind kind, Category category, RecordFields fields)
      throws IOException {
    Slice read = slice;
    try (JsonParser parser = open(slice)) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String column = parser.currentName();
        JsonToken value = parser.nextToken();
        if (kind.writesNone()
            && value == JsonToken.VALUE_STRING
            && parser.getText().equals(RowKind.NONE)) {
          continue;
        }
        Key key = plainKey(column);
        if (key == Key.TIME_RECEIVED) {
          read = received(slice, parser);
        } else if (kind.isOfDiagnostics()) {
          readOfDiagnostics(column, parser, category, fields);
        } else {
          readCell(key, parser, category, fields);
        }
      }
    }
    if (fields.alert.touched && fields.alert.timestamp == null) {
      // A table may have one time only, and then it is the event's.
      fields.alert.timestamp = fields.time;
    }
    return read;
  }

  /**
   * Reads a column of {@code AzureDiagnostics}. When the table can have no more columns, further
   * values are in one object, under the names that their columns would have.
   */
  private void readOfDiagnostics(
      String column, JsonParser parser, Category category, RecordFields fields) throws IOException {
    fields.ids.keepFirst(); // a common column may have the name of a property
    String claim = category == Category.VAULT ? AzureDiagnosticsColumns.claim(column) : null;
    Key key = keys.of(AzureDiagnosticsColumns.key(column));
    if (claim != null) {
      records.readClaim(claim, parser, fields);
    } else if (key == Key.ADDITIONAL_FIELDS) {
      walker.object(
          parser,
          (name, value) -> {
            if (name == Key.ADDITIONAL_FIELDS) {
              value.skipChildren();
            } else {
              readOfDiagnostics(value.currentName(), value, category, fields);
            }
          });
    } else {
      readCell(key, parser, category, fields);
    }
  }

  private void readCell(Key key, JsonParser parser, Category category, RecordFields fields)
      throws IOException {
    if (category == Category.RESOURCE && activityLog.read(key, parser, fields)) {
      return;
    }
    boolean ofTable = RowSignature.any(fields.signature, RowSignature.TIME_GENERATED);
    switch (key) {
      case TIME_GENERATED -> records.readTop(Key.TIME, parser, fields);
      case AAD_TENANT_ID -> records.readTop(Key.TENANT_ID, parser, fields);
      case TABLE_NAME, TIME_RECEIVED -> parser.skipChildren();
      // In a workspace's table it is the id of the workspace.
      case TENANT_ID -> readProperty(ofTable ? Key.OTHER : key, parser, category, fields);
      case RESOURCE_ID -> readResource(ofTable, parser, category, fields);
      case TABLE_RESOURCE_ID -> records.readTop(Key.RESOURCE_ID, parser, fields);
      default -> readColumn(key, parser, category, fields);
    }
  }

  private static Slice received(Slice slice, JsonParser parser) throws IOException {
    String text = Scalars.text(parser);
    long at = text == null ? Timestamps.UNREADABLE : Timestamps.parse(text);
    return at == Timestamps.UNREADABLE ? slice : slice.arrivedAt(at);
  }

  private void readResource(
      boolean ofTable, JsonParser parser, Category category, RecordFields fields)
      throws IOException {
    if (category.group == CategoryGroup.DIRECTORY
        || category.group == CategoryGroup.GATEWAY
        || category.group == CategoryGroup.VAULT) {
      records.readTop(Key.RESOURCE_ID, parser, fields);
    } else {
      // In a table of sign-ins the column names the log's own resource.
      boolean logs = ofTable && category.group == CategoryGroup.SIGN_IN;
      readProperty(logs ? Key.OTHER : Key.RESOURCE_ID, parser, category, fields);
    }
  }

  private void readColumn(Key key, JsonParser parser, Category category, RecordFields fields)
      throws IOException {
    if (category == Category.ALERT) {
      records.readTop(key, parser, fields);
      return;
    }
    switch (key) {
      case CORRELATION_ID -> {
        if (category.group == CategoryGroup.RISK) {
          readProperty(key, parser, category, fields);
        } else {
          records.readTop(key, parser, fields);
        }
      }
      case PROPERTIES -> {
        if (category == Category.VAULT) {
          records.readTop(key, parser, fields);
        } else {
          readProperty(key, parser, category, fields);
        }
      }
      case CALLER_IP_ADDRESS,
          OPERATION_NAME,
          RESULT_TYPE,
          RESULT_SIGNATURE,
          RESULT_DESCRIPTION,
          IDENTITY ->
          records.readTop(key, parser, fields);
      case LOCATION -> {
        if (category.group == CategoryGroup.RISK
            || parser.currentToken().isStructStart()
            || MultiValueText.isStructure(parser)) {
          readDynamic(key, "location", parser, category, fields);
        } else {
          records.readTop(key, parser, fields);
        }
      }
      case LOCATION_DETAILS ->
          readDynamic(Key.LOCATION, "LocationDetails", parser, category, fields);
      case STATUS -> readDynamic(key, "Status", parser, category, fields);
      case DEVICE_DETAIL -> readDynamic(key, "DeviceDetail", parser, category, fields);
      case RISK_EVENT_TYPES, RISK_EVENT_TYPES_V2 ->
          readDynamic(key, "RiskEventTypes", parser, category, fields);
      case RESOURCE_IDENTITY -> readProperty(Key.RESOURCE_ID, parser, category, fields);
      case AAD_OPERATION_TYPE -> readProperty(Key.OPERATION_TYPE, parser, category, fields);
      default -> readProperty(key, parser, category, fields);
    }
  }

  private void readProperty(Key key, JsonParser parser, Category category, RecordFields fields)
      throws IOException {
    records.readProperty(key, parser, category.group, fields);
  }

  private void readDynamic(
      Key key, String name, JsonParser parser, Category category, RecordFields fields)
      throws IOException {
    if (!MultiValueText.isStructure(parser)) {
      readProperty(key, parser, category, fields);
      return;
    }
    try (JsonParser inner = EmbeddedJson.open(embedded, parser)) {
      inner.nextToken();
      readProperty(key, inner, category, fields);
    } catch (JsonProcessingException e) {
      fields.propertiesReason = Reason.of(e);
      fields.propertiesDetail =
          "the JSON in the text of "
              + name
              + " could not be read: "
              + Quoted.excerpt(e.getOriginalMessage(), 160);
    }
  }
}
