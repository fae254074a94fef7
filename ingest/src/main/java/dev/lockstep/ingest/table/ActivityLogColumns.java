package dev.lockstep.ingest.table;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.category.CategoryGroup;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.record.RecordFields;
import dev.lockstep.ingest.record.RecordParser;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reader that turns activity log events from the table {@code AzureActivity} or the REST API into
 * the fields of a hub's record.
 *
 * <p>The table has some values twice: as a text for people and as Azure's own word ({@code
 * OperationName} and {@code OperationNameValue}), or as a text and as an object ({@code Claims} and
 * {@code Claims_d}). Rows of before 2021 may have the text for people only.
 */
final class ActivityLogColumns {
  private static final String ROLE_SERVICE = "azurerbac";

  private final JsonWalker walker;
  private final RecordParser records;

  ActivityLogColumns(JsonWalker walker, RecordParser records) {
    this.walker = walker;
    this.records = records;
  }

  /**
   * Reads the value of a column or key, and returns whether it was read. The columns that all
   * tables have are left to the caller.
   */
  boolean read(Key key, JsonParser json, RecordFields fields) throws IOException {
    boolean hasWords = RowSignature.any(fields.signature, RowSignature.OPERATION_VALUE);
    fields.ids.keepFirst();
    switch (key) {
      case TIME_GENERATED, TIME_RECEIVED, TABLE_NAME, TABLE_RESOURCE_ID -> {
        return false;
      }
      case EVENT_TIMESTAMP -> records.readTop(Key.TIME, json, fields);
      case OPERATION_NAME -> value(hasWords ? null : key, json, fields);
      case OPERATION_NAME_VALUE -> value(Key.OPERATION_NAME, json, fields);
      case ACTIVITY_STATUS -> value(hasWords ? null : Key.RESULT_TYPE, json, fields);
      case STATUS, ACTIVITY_STATUS_VALUE -> value(Key.RESULT_TYPE, json, fields);
      case RESOURCE_ID, CORRELATION_ID, CALLER_IP_ADDRESS -> records.readTop(key, json, fields);
      case HTTP_REQUEST ->
          walker.object(
              json,
              (name, value) ->
                  value(
                      name == Key.REQUEST_CLIENT_IP ? Key.CALLER_IP_ADDRESS : null, value, fields));
      case DESCRIPTION -> records.readTop(Key.RESULT_DESCRIPTION, json, fields);
      case CLAIMS, CLAIMS_COLUMN -> records.readIdentityPart(Key.CLAIMS, json, fields);
      case AUTHORIZATION, AUTHORIZATION_COLUMN ->
          records.readIdentityPart(Key.AUTHORIZATION, json, fields);
      case PROPERTIES, PROPERTIES_COLUMN ->
          walker.object(json, (name, value) -> property(name, value, fields));
      case EVENT_DATA_ID -> property(key, json, fields);
      case RESOURCE_PROVIDER_NAME, RESOURCE_PROVIDER_VALUE -> provider(json, fields);
      default -> json.skipChildren();
    }
    return true;
  }

  /**
   * Reads a value as if it stood under the given key in a hub's record, or skips the value if the
   * key is null. If the value is an object, only its member {@code value} is read, because the REST
   * API puts the value there.
   */
  private void value(@Nullable Key key, JsonParser json, RecordFields fields) throws IOException {
    if (key == null) {
      json.skipChildren();
    } else if (json.currentToken() == JsonToken.START_OBJECT) {
      walker.members(json, (name, value) -> value(name == Key.VALUE ? key : null, value, fields));
    } else {
      records.readTop(key, json, fields);
    }
  }

  private void property(Key key, JsonParser json, RecordFields fields) throws IOException {
    records.readProperty(key, json, CategoryGroup.RESOURCE, fields);
  }

  /**
   * Reads the resource provider if it is {@code azurerbac}, the service that logs role activations.
   * Records from a hub name no other resource provider.
   */
  private void provider(JsonParser json, RecordFields fields) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      walker.members(
          json,
          (name, value) -> {
            if (name == Key.VALUE) {
              provider(value, fields);
            } else {
              value.skipChildren();
            }
          });
    } else if (ROLE_SERVICE.equalsIgnoreCase(Scalars.text(json))) {
      property(Key.RESOURCE_PROVIDER_NAME, json, fields);
    }
  }
}
