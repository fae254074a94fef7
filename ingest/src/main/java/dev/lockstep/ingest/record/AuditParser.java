package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.outcome.Flaw;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Target;
import dev.lockstep.schemas.text.Guid;
import dev.lockstep.schemas.text.Timestamps;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Parser that reads the needed values of a record of category {@code AuditLogs} or {@code
 * Administrative} into {@link AuditFields}.
 */
final class AuditParser {
  private static final int MOST_TARGETS = 32;

  /** Time that .NET writes for an unset time: the start of the year 1. */
  private static final long NEVER = -62_135_596_800_000L;

  private static final int MOST_MODIFIED = 16;

  private final JsonWalker walker;

  AuditParser(JsonWalker walker) {
    this.walker = walker;
  }

  boolean read(Key key, JsonParser json, RecordFields record) throws IOException {
    AuditFields f = record.audit;
    switch (key) {
      case ID -> f.id = record.ids.last(f.id, json);
      case AUDIT_EVENT_ID -> f.intuneId = Scalars.first(f.intuneId, json);
      case ACTIVITY_DATE_TIME ->
          f.activityDateTime = record.time(f.activityDateTime, "properties.activityDateTime", json);
      case ACTIVITY_DISPLAY_NAME ->
          f.activityDisplayName = Scalars.label(f.activityDisplayName, json);
      case OPERATION_NAME -> f.operationName = Scalars.label(f.operationName, json);
      case CATEGORY -> f.category = Scalars.label(f.category, json);
      case LOGGED_BY_SERVICE -> f.loggedByService = Scalars.label(f.loggedByService, json);
      case OPERATION_TYPE -> f.operationType = Scalars.label(f.operationType, json);
      case RESULT -> f.result = Scalars.label(f.result, json);
      case RESULT_REASON -> f.resultReason = Scalars.label(f.resultReason, json);
      case RESULT_DESCRIPTION -> f.resultDescription = Scalars.label(f.resultDescription, json);
      case CORRELATION_ID -> f.correlationId = record.ids.last(f.correlationId, json);
      case USER_AGENT -> f.userAgent = Scalars.label(f.userAgent, json);
      case INITIATED_BY ->
          record.ids.object(
              json, walker, (by, value) -> readInitiator(by, value, f, record.ids), Flaw.BAD_ID);
      case TARGET_RESOURCES -> walker.objects(json, target -> readTarget(target, f, record.ids));
      case ADDITIONAL_DETAILS -> walker.objects(json, detail -> readDetail(detail, f, record.ids));
      case START_TIME, EXPIRATION_TIME -> readTime(key, json, f, record.ids);
      default -> {
        return readOfResource(key, json, f);
      }
    }
    return true;
  }

  private boolean readOfResource(Key key, JsonParser json, AuditFields f) throws IOException {
    switch (key) {
      case EVENT_ID -> f.eventId = Scalars.first(f.eventId, json);
      case EVENT_DATA_ID -> f.eventDataId = Scalars.first(f.eventDataId, json);
      case RESOURCE_PROVIDER_NAME -> f.provider = Scalars.label(f.provider, json);
      case EVENT_NAME -> f.eventName = Scalars.label(f.eventName, json);
      case ROLE_DEFINITION -> f.roleDefinition = Scalars.label(f.roleDefinition, json);
      case ROLE_DEFINITION_ORIGIN_ID ->
          f.roleDefinitionId = Scalars.label(f.roleDefinitionId, json);
      case JUSTIFICATION -> f.justification = Scalars.label(f.justification, json);
      case SUBJECT_ID -> f.subjectId = Scalars.firstId(f.subjectId, json);
      case SUBJECT_NAME -> f.subjectName = Scalars.label(f.subjectName, json);
      case SUBJECT_TYPE -> f.subjectType = Scalars.label(f.subjectType, json);
      case CALLER_INFO ->
          walker.pairs(
              json,
              Key.CALLER_IDENTITY_TYPE,
              Key.CALLER_IDENTITY_VALUE,
              (name, value) -> caller(name, value, f));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void caller(String name, String value, AuditFields f) {
    switch (name) {
      case "upn" -> f.callerUpn = f.callerUpn == null ? value : f.callerUpn;
      case "objectid" ->
          f.callerId = f.callerId == null && !Guid.isZero(value) ? value : f.callerId;
      case "name", "username" -> f.callerName = f.callerName == null ? value : f.callerName;
      case "objectclass" -> f.callerClass = f.callerClass == null ? value : f.callerClass;
      default -> {}
    }
  }

  /** Key and value of one entry of {@code additionalDetails}. */
  private static final class Detail {
    @Nullable String name;
    @Nullable String value;

    /**
     * True if the value is a non-empty object or a non-empty list, which cannot be read as a text.
     */
    boolean misfit;
  }

  private void readDetail(JsonParser json, AuditFields f, IdReader ids) throws IOException {
    Detail detail = new Detail();
    walker.members(
        json,
        (key, value) -> {
          switch (key) {
            case KEY -> detail.name = Scalars.first(detail.name, value);
            case VALUE -> {
              if (value.currentToken().isStructStart()) {
                detail.misfit |= Scalars.skippedContent(value);
              } else {
                detail.value = Scalars.first(detail.value, value);
              }
            }
            case START_TIME, EXPIRATION_TIME -> readTime(key, value, f, ids);
            default -> value.skipChildren();
          }
        });
    if (detail.name == null) {
      return;
    }
    String name = Scalars.lower(detail.name);
    if (name.equals("starttime")) {
      f.startsAt = time(f.startsAt, detail.value, detail.misfit, ids);
    } else if (name.equals("expirationtime")) {
      f.endsAt = time(f.endsAt, detail.value, detail.misfit, ids);
    } else if (detail.value != null) {
      detail(name, detail.value, f);
    }
  }

  private static void readTime(Key key, JsonParser json, AuditFields f, IdReader ids)
      throws IOException {
    boolean isStructure = json.currentToken().isStructStart();
    boolean misfit = isStructure && Scalars.skippedContent(json);
    String text = isStructure ? null : Scalars.text(json);
    if (key == Key.START_TIME) {
      f.startsAt = time(f.startsAt, text, misfit, ids);
    } else {
      f.endsAt = time(f.endsAt, text, misfit, ids);
    }
  }

  private static long time(long known, @Nullable String text, boolean misfit, IdReader ids) {
    long at = text == null ? Timestamps.UNREADABLE : Timestamps.parse(text);
    if (misfit || (text != null && at == Timestamps.UNREADABLE)) {
      ids.record(Flaw.BAD_ACTIVATION_TIME);
    }
    return known != Timestamps.UNREADABLE || at == NEVER ? known : at;
  }

  private static void detail(String name, String value, AuditFields f) {
    switch (name) {
      case "user-agent" -> f.userAgent = f.userAgent == null ? Scalars.label(value) : f.userAgent;
      case "templateid" -> f.templateId = f.templateId == null ? value : f.templateId;
      case "justification" ->
          f.justification = f.justification == null ? Scalars.label(value) : f.justification;
      default -> {}
    }
  }

  private void readInitiator(Key key, JsonParser json, AuditFields f, IdReader ids)
      throws IOException {
    switch (key) {
      case USER ->
          ids.object(json, walker, (of, value) -> readUser(of, value, f, ids), Flaw.BAD_ID);
      case APP -> ids.object(json, walker, (of, value) -> readApp(of, value, f, ids), Flaw.BAD_ID);
      default -> json.skipChildren();
    }
  }

  private static void readUser(Key key, JsonParser json, AuditFields f, IdReader ids)
      throws IOException {
    switch (key) {
      case ID -> f.userId = ids.last(f.userId, json);
      case USER_PRINCIPAL_NAME -> f.userName = Scalars.first(f.userName, json);
      case DISPLAY_NAME -> f.userDisplayName = Scalars.first(f.userDisplayName, json);
      case IP_ADDRESS -> f.userAddress = ids.last(f.userAddress, json);
      default -> json.skipChildren();
    }
  }

  private static void readApp(Key key, JsonParser json, AuditFields f, IdReader ids)
      throws IOException {
    switch (key) {
      case APP_ID -> f.appId = ids.last(f.appId, json);
      case DISPLAY_NAME, SERVICE_PRINCIPAL_NAME -> f.appName = Scalars.first(f.appName, json);
      case SERVICE_PRINCIPAL_ID -> f.servicePrincipalId = ids.last(f.servicePrincipalId, json);
      default -> json.skipChildren();
    }
  }

  /**
   * Values read from one target resource of an audit record, or from one of the modified properties
   * of such a target.
   */
  private static final class Read {
    @Nullable String type;
    @Nullable String id;
    @Nullable String upn;
    @Nullable String name;
    @Nullable String value;
  }

  private void readTarget(JsonParser json, AuditFields f, IdReader ids) throws IOException {
    Read read = new Read();
    walker.members(
        json,
        (key, value) -> {
          switch (key) {
            case TYPE -> read.type = Scalars.label(read.type, value);
            case ID -> read.id = Scalars.firstId(read.id, value);
            case USER_PRINCIPAL_NAME -> read.upn = Scalars.label(read.upn, value);
            case DISPLAY_NAME -> read.name = Scalars.label(read.name, value);
            case MODIFIED_PROPERTIES -> walker.objects(value, change -> readModified(change, f));
            default -> value.skipChildren();
          }
        });
    boolean role = read.type != null && read.type.equalsIgnoreCase("Role");
    if (role) {
      f.roleTargetName = f.roleTargetName == null ? read.name : f.roleTargetName;
      f.roleTargetId = f.roleTargetId == null ? read.id : f.roleTargetId;
    }
    String name = read.upn != null && !(role && read.name != null) ? read.upn : read.name;
    if (read.type == null && read.id == null && name == null) {
      return;
    }
    if (f.targets.size() == MOST_TARGETS) {
      ids.record(Flaw.TOO_MANY_TARGETS);
      return;
    }
    Target target = new Target();
    set(target, read.type, read.id, name);
    f.targets.add(target);
  }

  static void set(
      Target target, @Nullable String type, @Nullable String id, @Nullable String name) {
    target.setType(type);
    if (id != null) {
      target.setId(Scalars.lower(id));
    }
    target.setName(name);
  }

  private void readModified(JsonParser json, AuditFields f) throws IOException {
    Read read = new Read();
    walker.members(
        json,
        (key, value) -> {
          switch (key) {
            case DISPLAY_NAME -> read.name = Scalars.label(read.name, value);
            case NEW_VALUE -> read.value = Scalars.label(read.value, value);
            default -> value.skipChildren();
          }
        });
    String name = read.name;
    String value = read.value;
    if (name == null) {
      return;
    }
    if (f.modified.size() < MOST_MODIFIED && !f.modified.contains(name)) {
      f.modified.add(name);
    }
    if (value != null && name.equalsIgnoreCase("Role.DisplayName")) {
      f.modifiedRoleName = f.modifiedRoleName == null ? unquoted(value) : f.modifiedRoleName;
    } else if (value != null && name.equalsIgnoreCase("Role.TemplateId")) {
      f.modifiedRoleId = f.modifiedRoleId == null ? unquoted(value) : f.modifiedRoleId;
    }
  }

  private static @Nullable String unquoted(String value) {
    int end = value.length() - 1;
    // Text values are written as JSON.
    boolean quoted = end > 0 && value.charAt(0) == '"' && value.charAt(end) == '"';
    return Scalars.present(quoted ? value.substring(1, end) : value);
  }
}
