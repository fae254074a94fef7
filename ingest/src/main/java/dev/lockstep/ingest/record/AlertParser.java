package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.entity.EntityGraph;
import dev.lockstep.ingest.entity.ExtendedProperties;
import dev.lockstep.ingest.json.JsonContentHash;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.json.MultiValueText;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Parser of the needed values of an alert into {@link AlertFields}. */
final class AlertParser {
  private final JsonFactory embedded;
  private final EntityGraph graph;
  private final ExtendedProperties extended;

  AlertParser(Key.Table keys, JsonFactory embedded, JsonWalker walker) {
    this.embedded = embedded;
    this.graph = new EntityGraph(keys, embedded);
    this.extended = new ExtendedProperties(embedded, walker);
  }

  boolean readTop(Key key, JsonParser json, AlertFields f) throws IOException {
    boolean before = f.touched;
    f.touched = true; // even if the rest is damaged
    switch (key) {
      case TYPE -> f.type = Scalars.first(f.type, json);
      case NAME -> f.resourceName = Scalars.first(f.resourceName, json);
      case EVENT_TYPE -> f.eventType = Scalars.first(f.eventType, json);
      case ASSESSMENT_EVENT_DATA_ENRICHMENT -> {
        f.assessment = true;
        json.skipChildren();
      }
      case SUB_ASSESSMENT_EVENT_DATA_ENRICHMENT -> {
        f.subAssessment = true;
        json.skipChildren();
      }
      default -> {
        f.touched = before;
        return read(key, json, f);
      }
    }
    return true;
  }

  boolean readProperty(Key key, JsonParser json, AlertFields f) throws IOException {
    boolean before = f.touched;
    f.touched = true; // even if the rest is damaged
    switch (key) {
      case TIME_STAMP -> f.timestamp = time(f.timestamp, "properties.Timestamp", json, f);
      case ALERT_ID -> f.alertId = Scalars.first(f.alertId, json);
      case ENTITY_TYPE -> f.entityType = Scalars.first(f.entityType, json);
      case ACCOUNT_OBJECT_ID -> f.accountObjectId = Scalars.first(f.accountObjectId, json);
      case ACCOUNT_UPN -> f.accountUpn = Scalars.first(f.accountUpn, json);
      case REMOTE_IP -> f.remoteIp = Scalars.first(f.remoteIp, json);
      case ADDITIONAL_FIELDS -> readAdditional(json, f);
      case ACCOUNT_NAME,
          ACCOUNT_DOMAIN,
          ACCOUNT_SID,
          REMOTE_URL,
          LOCAL_IP,
          DEVICE_ID,
          DEVICE_NAME,
          FILE_NAME,
          FOLDER_PATH,
          SHA1,
          SHA256,
          NETWORK_MESSAGE_ID,
          APPLICATION_ID,
          OAUTH_APPLICATION_ID,
          PROCESS_COMMAND_LINE,
          REGISTRY_KEY,
          REGISTRY_VALUE_NAME,
          CLOUD_RESOURCE,
          RESOURCE_ID -> {
        String value = Scalars.raw(json);
        if (value != null) {
          // A sum, because the order of columns must not matter.
          f.entityHash += Fingerprint.fold(Fingerprint.fold(Fingerprint.START, key.name()), value);
        }
      }
      default -> {
        f.touched = before;
        return read(key, json, f);
      }
    }
    return true;
  }

  private boolean read(Key key, JsonParser json, AlertFields f) throws IOException {
    boolean before = f.touched;
    f.touched = true; // even if the rest is damaged
    switch (key) {
      case SYSTEM_ALERT_ID -> {
        f.systemAlert = true;
        f.systemAlertId = Scalars.first(f.systemAlertId, json);
      }
      case ALERT_TYPE -> f.alertType = Scalars.first(f.alertType, json);
      case ALERT_DISPLAY_NAME -> f.alertDisplayName = Scalars.first(f.alertDisplayName, json);
      case TITLE -> f.title = Scalars.first(f.title, json);
      case DISPLAY_NAME, ALERT_NAME -> f.otherTitle = Scalars.first(f.otherTitle, json);
      case SEVERITY -> f.severity = Scalars.first(f.severity, json);
      case ALERT_SEVERITY -> f.alertSeverity = Scalars.first(f.alertSeverity, json);
      case SERVICE_SOURCE -> f.serviceSource = Scalars.first(f.serviceSource, json);
      case PRODUCT_NAME -> f.productName = Scalars.first(f.productName, json);
      case PROVIDER_NAME -> f.providerName = Scalars.first(f.providerName, json);
      case ALERT_URI, ALERT_LINK -> f.link = Scalars.first(f.link, json);
      case START_TIME_UTC -> f.startTimeUtc = time(f.startTimeUtc, "StartTimeUtc", json, f);
      case START_TIME -> f.startTime = time(f.startTime, "StartTime", json, f);
      case ENTITIES -> graph.read(json, f.entities);
      case EXTENDED_PROPERTIES -> extended.read(json, f.extended);
      default -> {
        f.touched = before;
        return false;
      }
    }
    return true;
  }

  private void readAdditional(JsonParser json, AlertFields f) throws IOException {
    String type;
    if (json.currentToken().isStructStart()) {
      String text = text(json);
      f.additionalHash = JsonContentHash.ofText(embedded, text);
      try (JsonParser again = embedded.createParser(text)) {
        again.nextToken();
        type = graph.read(again, f.additional);
      }
    } else {
      if (MultiValueText.isStructure(json)) {
        f.additionalHash = JsonContentHash.ofText(embedded, json.getText());
      }
      type = graph.read(json, f.additional);
    }
    f.additionalType = f.additionalType == null ? type : f.additionalType;
  }

  private String text(JsonParser json) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = embedded.createGenerator(text)) {
      generator.copyCurrentStructure(json);
    }
    return text.toString();
  }

  private static @Nullable String time(
      @Nullable String earlier, String name, JsonParser json, AlertFields f) throws IOException {
    if (!json.currentToken().isStructStart()) {
      return Scalars.first(earlier, json);
    }
    if (Scalars.skippedContent(json) && f.timeMisfit == null) {
      f.timeMisfit = name;
    }
    return earlier;
  }
}
