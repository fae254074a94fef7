package dev.lockstep.ingest.record;

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
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Parser of a log record into {@link RecordFields}, which reads the values that mapping needs and
 * skips all others.
 *
 * <p>Values that only some categories need are read once the category is known. If the category
 * comes after a value, the value is skipped, and {@link #complete} returns to it.
 */
public final class RecordParser {
  private static final int CATEGORY_CHARS = 128;

  private final Key.Table keys;
  private final JsonFactory strict;
  private final JsonFactory embedded;
  private final JsonWalker walker;
  private final RequestHeaders headers;
  private final TraceRecords traces;
  private final AlertParser alerts;
  private final AuditParser audits;
  private final RiskParser risks;
  private final IdentityParser identities;

  /**
   * Creates a parser of records.
   *
   * @param strict factory of the parsers for values of a message
   * @param embedded factory of the parsers for JSON within a text, in which some services use
   *     single quotes
   */
  public RecordParser(Key.Table keys, JsonFactory strict, JsonFactory embedded) {
    this.keys = keys;
    this.strict = strict;
    this.embedded = embedded;
    this.walker = new JsonWalker(keys, embedded);
    this.headers = new RequestHeaders(keys, walker);
    this.traces = new TraceRecords(keys, embedded);
    this.alerts = new AlertParser(keys, embedded, walker);
    this.audits = new AuditParser(walker);
    this.risks = new RiskParser(walker);
    this.identities = new IdentityParser(walker);
  }

  /**
   * Reads the value of a top-level key of the record, or remembers where the value begins if the
   * category has to be known first.
   *
   * @param json parser of the record; {@link #complete} has to get the same bytes
   */
  public void readTop(Key key, JsonParser json, RecordFields fields) throws IOException {
    switch (key) {
      case CATEGORY -> readCategory(json, fields);
      case TIME -> fields.time = fields.time(fields.time, "time", json);
      case TIME_STAMP, CREATED_DATE_TIME ->
          fields.timeSubstitute = fields.time(fields.timeSubstitute, "time", json);
      case CALLER_IP_ADDRESS ->
          fields.callerIpAddress = fields.ids.last(fields.callerIpAddress, json);
      case CORRELATION_ID -> fields.correlationId = fields.ids.last(fields.correlationId, json);
      case RESULT_TYPE -> fields.resultType = Scalars.first(fields.resultType, json);
      case LOCATION -> fields.location = Scalars.first(fields.location, json);
      case TENANT_ID -> fields.tenantId = fields.ids.lastGuid(fields.tenantId, json);
      case PROPERTIES,
          TRACE_RECORDS,
          OPERATION_NAME,
          RESOURCE_ID,
          RESULT_SIGNATURE,
          RESULT_DESCRIPTION,
          IDENTITY,
          HTTP_STATUS_CODE,
          REQUEST_URI,
          CLIENT_INFO -> {
        if (fields.anyCategory) {
          readOfGroup(key, json, fields.group(), fields);
        } else {
          fields.defer(key, json.currentTokenLocation().getByteOffset());
          json.skipChildren();
        }
      }
      default -> {
        if (!readOfNoCategory(key, json, fields)) {
          json.skipChildren();
        }
      }
    }
  }

  private boolean readOfNoCategory(Key key, JsonParser json, RecordFields fields)
      throws IOException {
    CategoryGroup group = fields.group();
    return (!fields.anyCategory && fields.own.take(key, json))
        || (group == CategoryGroup.ALERT && alerts.readTop(key, json, fields.alert));
  }

  private static void readCategory(JsonParser json, RecordFields fields) throws IOException {
    String text = Scalars.text(json);
    if (!fields.anyCategory && text != null) {
      fields.anyCategory = true;
      fields.categoryText =
          text.length() > CATEGORY_CHARS ? text.substring(0, CATEGORY_CHARS) : text;
      fields.category = Category.of(text);
    }
  }

  /**
   * Reads the values of a record that {@link #readTop} left unread because the category was not
   * known.
   *
   * @param body bytes of the message
   * @param start position at which the parser of the record began
   */
  public void complete(byte[] body, int start, RecordFields fields) throws IOException {
    CategoryGroup group = fields.group();
    if (group == null) {
      return;
    }
    for (int i = 0; i < fields.deferred; i++) {
      Key key = fields.deferredKeys[i];
      if (isOf(key, group)) {
        int at = start + fields.deferredAt[i];
        try (JsonParser json = strict.createParser(body, at, endOf(body, at) - at)) {
          json.nextToken();
          readOfGroup(key, json, group, fields);
        }
      }
    }
  }

  /**
   * Returns the end of the bytes to parse for one value: for a number its own end, and for any
   * other value the end of the array. A parser that begins at a number refuses the comma behind it.
   */
  private static int endOf(byte[] body, int at) {
    int end = at;
    while (end < body.length && "+-.0123456789Ee".indexOf(body[end]) >= 0) {
      end++;
    }
    return end == at ? body.length : end;
  }

  private static boolean isOf(Key key, CategoryGroup group) {
    return switch (key) {
      case PROPERTIES -> true;
      case TRACE_RECORDS -> group == CategoryGroup.GATEWAY;
      // A managed HSM has them beside its properties, a vault in them.
      case HTTP_STATUS_CODE, REQUEST_URI, CLIENT_INFO -> group == CategoryGroup.VAULT;
      case RESOURCE_ID -> group.readsEnvelope() || group == CategoryGroup.GATEWAY;
      default -> group.readsEnvelope();
    };
  }

  private void readOfGroup(
      Key key, JsonParser json, @Nullable CategoryGroup group, RecordFields fields)
      throws IOException {
    if (group == null || !isOf(key, group)) {
      json.skipChildren();
      return;
    }
    switch (key) {
      case PROPERTIES -> readProperties(json, group, fields);
      case TRACE_RECORDS -> traces.read(json, fields);
      case OPERATION_NAME -> fields.operationName = Scalars.label(fields.operationName, json);
      case RESOURCE_ID -> fields.resourceId = Scalars.first(fields.resourceId, json);
      case RESULT_SIGNATURE -> fields.resultSignature = Scalars.label(fields.resultSignature, json);
      case RESULT_DESCRIPTION ->
          fields.resultDescription = Scalars.label(fields.resultDescription, json);
      case IDENTITY -> identities.read(json, fields.identity);
      case HTTP_STATUS_CODE, REQUEST_URI, CLIENT_INFO -> readProperty(key, json, group, fields);
      default -> json.skipChildren();
    }
  }

  /**
   * Reads the claims or the authorization of a caller, for a record that has them outside the
   * object {@code identity}. Of several claims under one name the first counts.
   *
   * @param part {@link Key#CLAIMS} or {@link Key#AUTHORIZATION}
   */
  public void readIdentityPart(Key part, JsonParser json, RecordFields fields) throws IOException {
    identities.readPart(part, json, fields.identity);
  }

  /**
   * Reads one claim of the caller, for a row that has claims outside the object {@code identity}.
   */
  public void readClaim(String name, JsonParser json, RecordFields fields) throws IOException {
    identities.readClaim(keys.of(name), json, fields.identity);
  }

  private void readProperties(JsonParser json, CategoryGroup group, RecordFields fields)
      throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      readPropertiesObject(json, group, fields);
    } else if (json.currentToken() == JsonToken.VALUE_STRING) {
      readPropertiesText(json, group, fields);
    } else {
      fields.ids.skip(json, Flaw.BAD_PROPERTIES);
    }
  }

  private void readPropertiesText(JsonParser json, CategoryGroup group, RecordFields fields)
      throws IOException {
    if (Scalars.present(json.getText()) == null) {
      return;
    }
    try (JsonParser inner = EmbeddedJson.open(embedded, json)) {
      if (inner.nextToken() == JsonToken.START_OBJECT) {
        readPropertiesObject(inner, group, fields);
      } else {
        fields.propertiesReason = Reason.NOT_JSON;
        fields.propertiesDetail = "properties is a text that holds no JSON object";
      }
    } catch (JsonProcessingException e) {
      fields.propertiesReason = Reason.of(e);
      fields.propertiesDetail =
          "the JSON in the text of properties could not be read: "
              + Quoted.excerpt(e.getOriginalMessage(), 160);
    }
  }

  private void readPropertiesObject(JsonParser json, CategoryGroup group, RecordFields fields)
      throws IOException {
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      Key key = keys.of(name);
      json.nextToken();
      readProperty(key, json, group, fields);
    }
  }

  /** Reads the value of a key in the properties of a record. */
  public void readProperty(Key key, JsonParser json, CategoryGroup group, RecordFields fields)
      throws IOException {
    fields.recordGroup(group);
    boolean taken =
        switch (group) {
          case SIGN_IN -> fields.signIn.take(key, json, keys, walker, fields);
          case GATEWAY -> readCall(key, json, fields);
          case GRAPH -> fields.graph.take(key, json, fields);
          case EDGE -> fields.edge.take(key, json, walker);
          case VAULT -> fields.vault.take(key, json);
          case RISK -> risks.read(key, json, fields);
          case DIRECTORY, RESOURCE -> audits.read(key, json, fields);
          case ALERT -> alerts.readProperty(key, json, fields.alert);
          case CONTEXT -> fields.context.take(key, json, walker, fields);
          case LINK -> false;
        };
    if (!taken) {
      json.skipChildren();
    }
  }

  private boolean readCall(Key key, JsonParser json, RecordFields fields) throws IOException {
    switch (key) {
      case REQUEST_HEADERS -> headers.read(json, fields.call);
      case TRACE_RECORDS -> traces.read(json, fields);
      case LAST_ERROR -> readError(json, fields);
      default -> {
        return fields.call.take(key, json, fields.ids);
      }
    }
    return true;
  }

  private void readError(JsonParser json, RecordFields fields) throws IOException {
    if (json.currentToken().isStructStart() || MultiValueText.isStructure(json)) {
      walker.objects(
          json,
          error ->
              walker.members(error, (key, value) -> fields.call.takeError(key, value, fields.ids)));
    } else {
      fields.ids.skip(json, Flaw.BAD_LAST_ERROR);
    }
  }
}
