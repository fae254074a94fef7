package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.Guid;
import org.jspecify.annotations.Nullable;

/** Mapper of records that no built-in rule reads, to activities of kind {@code OTHER}. */
final class ContextMapper {
  private ContextMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    ContextFields context = f.context;
    Outcome untimed = times(category, f, context, slice);
    if (untimed != null) {
      return untimed;
    }
    String id = ActivityMapper.idOf(id(category, f, context), slice, f.times);
    Activity activity = ActivityMapper.activity(ActivityKind.OTHER, category, id, slice, f.times);
    setCaller(activity, f, context);
    activity.setToken(token(category, context));
    setWords(activity, category, f, context);
    activity.setRequest(request(category, context));
    return TimeBounds.judged(activity, slice);
  }

  private static @Nullable Outcome times(
      Category category, RecordFields f, ContextFields context, Slice slice) {
    return switch (category) {
      case CLOUD_APP -> f.times.read(f, slice, category, "properties.Timestamp", context.timestamp);
      case NETWORK_ACCESS ->
          f.times.read(f, slice, category, "properties.createdDateTime", context.createdDateTime);
      default -> f.times.read(f, slice, category, "time", null);
    };
  }

  private static @Nullable String id(Category category, RecordFields f, ContextFields context) {
    String correlationId = correlationId(f, context);
    return switch (category) {
      case CLOUD_APP -> context.reportId;
      case NETWORK_ACCESS -> context.transactionId;
      case GATEWAY_LLM ->
          correlationId == null || context.sequenceNumber == null
              ? null
              : correlationId + "/" + Fingerprint.of(context.requestId, context.sequenceNumber);
      case GATEWAY_MCP ->
          correlationId == null
              ? null
              : correlationId
                  + "/"
                  + Fingerprint.of(
                      f.times.instant(), context.method, context.toolName, context.sessionId);
      default -> context.requestId;
    };
  }

  private static @Nullable String correlationId(RecordFields f, ContextFields context) {
    return f.correlationId != null ? f.correlationId : context.correlationId;
  }

  private static void setCaller(Activity activity, RecordFields f, ContextFields context) {
    String account = account(context);
    if (account != null) {
      boolean workload =
          "Application".equalsIgnoreCase(context.accountType)
              || "System".equalsIgnoreCase(context.accountType);
      activity.setPrincipal(
          ActivityMapper.principal(
              account,
              context.accountName,
              workload ? PrincipalTypes.WORKLOAD : PrincipalTypes.USER));
    } else if (context.userId != null) {
      activity.setPrincipal(
          ActivityMapper.principal(
              Scalars.lower(context.userId), context.userName, PrincipalTypes.USER));
    }
    activity.setAddress(context.address != null ? context.address : f.callerIpAddress);
    activity.setUserAgent(context.userAgent);
    activity.setGeo(context.geo.geo(null));
    if (context.deviceId != null || context.operatingSystem != null) {
      Device device = new Device();
      device.setId(context.deviceId);
      device.setOperatingSystem(context.operatingSystem);
      activity.setDevice(device);
    }
  }

  /**
   * Returns the id of the account in lower case, or null if there is none. Records of applications
   * have no object id; then {@code AccountId} counts if it is a GUID.
   */
  private static @Nullable String account(ContextFields context) {
    if (context.accountObjectId != null) {
      return Scalars.lower(context.accountObjectId);
    }
    String other = Scalars.lowerOrNull(context.accountId);
    return other != null && Guid.isGuid(other) ? other : null;
  }

  private static @Nullable Token token(Category category, ContextFields context) {
    String uti = TokenIds.known(context.tokenId);
    String appId = category == Category.CLOUD_APP ? null : context.appId;
    if (uti == null && context.sessionId == null && appId == null) {
      return null;
    }
    Token token = new Token();
    token.setUti(uti);
    token.setSid(context.sessionId);
    if (appId != null) {
      token.setAppId(Scalars.lower(appId));
    }
    // The session of an agent's chat is no claim of a token.
    token.setValidated(category != Category.GATEWAY_MCP);
    return token;
  }

  private static void setWords(
      Activity activity, Category category, RecordFields f, ContextFields context) {
    boolean tool = category == Category.GATEWAY_MCP;
    String operation = tool ? context.method : context.operation;
    String reason = category == Category.PRE_AUTHENTICATION ? description(f, context) : null;
    ActivityMapper.setContext(
        activity,
        f,
        operation != null ? operation : f.operationName,
        tool ? context.errorType : reason,
        correlationId(f, context));
    activity.setStatus((int) Scalars.whole(context.errorNumber, Integer.MAX_VALUE, -1));
    activity.setApp(context.application);
    if (context.toolName != null || context.serverName != null) {
      Api api = new Api();
      api.setApi(context.serverName);
      api.setOperation(context.toolName);
      activity.setApi(api);
    }
  }

  private static @Nullable String description(RecordFields f, ContextFields context) {
    return context.description != null ? context.description : f.resultDescription;
  }

  private static @Nullable Request request(Category category, ContextFields context) {
    if (category != Category.NETWORK_ACCESS && context.url == null) {
      return null;
    }
    Request request = new Request();
    RequestTarget.put(request, context.url);
    if (category == Category.GATEWAY_MCP) {
      return request;
    }
    RequestTarget.putHost(request, context.host);
    request.setMethod(context.method);
    request.setAction(context.action);
    request.setRule(context.ruleName);
    request.setPolicy(context.policyName);
    return request;
  }
}
