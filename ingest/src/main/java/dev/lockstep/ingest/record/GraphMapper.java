package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.Timestamps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mapper that turns a logged call to Microsoft Graph or Azure AD Graph into an activity with its
 * principal, token and address.
 */
final class GraphMapper {
  private GraphMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    GraphFields call = f.graph;
    Outcome untimed =
        f.times.read(f, slice, category, "properties.timeGenerated", call.timeGenerated);
    if (untimed != null) {
      return untimed;
    }
    String id = ActivityMapper.idOf(id(f, call), slice, f.times);
    // Only calls of Microsoft Graph are calls for the rules; Azure AD Graph is its predecessor.
    ActivityKind kind = category == Category.GRAPH ? ActivityKind.API_CALL : ActivityKind.OTHER;
    Activity activity = ActivityMapper.activity(kind, category, id, slice, f.times);
    String address = call.address();
    activity.setAddress(address != null ? address : f.callerIpAddress);
    activity.setStatus((int) Scalars.whole(call.status(), Integer.MAX_VALUE, -1));
    activity.setUserAgent(call.userAgent);
    String method = call.method();
    if (method != null || call.requestUri != null) {
      Request request = new Request();
      request.setMethod(method);
      RequestTarget.put(request, call.requestUri);
      activity.setRequest(request);
    }
    activity.setPrincipal(principal(call));
    activity.setToken(token(f, call));
    String deviceId = call.device();
    if (deviceId != null) {
      Device device = new Device();
      device.setId(deviceId);
      activity.setDevice(device);
    }
    return TimeBounds.judged(activity, slice);
  }

  private static @Nullable String id(RecordFields f, GraphFields call) {
    if (call.requestId != null) {
      return call.requestId;
    }
    // Requests of one batch share these ids.
    String id = call.operationId != null ? call.operationId : f.correlationId;
    return id != null ? id : call.clientRequestId;
  }

  private static @Nullable String userId(GraphFields call) {
    return call.userId != null ? call.userId : call.userObjectId;
  }

  private static @Nullable Principal principal(GraphFields call) {
    String user = userId(call);
    if (!call.appOnly() && user != null) {
      return ActivityMapper.principal(user, null, PrincipalTypes.USER);
    }
    String id = workloadId(call);
    id = id != null ? id : call.appId;
    return id == null ? null : ActivityMapper.principal(id, null, PrincipalTypes.WORKLOAD);
  }

  private static @Nullable String workloadId(GraphFields call) {
    return call.servicePrincipalId != null ? call.servicePrincipalId : userId(call);
  }

  private static @Nullable Token token(RecordFields f, GraphFields call) {
    boolean appOnly = call.appOnly();
    String user = userId(call);
    String oid = appOnly || user == null ? workloadId(call) : user;
    String uti = TokenIds.known(call.signInActivityId);
    uti = uti != null ? uti : TokenIds.known(call.uniqueTokenId);
    String session = call.session();
    if (uti == null && session == null && oid == null && call.appId == null) {
      return null;
    }
    Token token = new Token();
    token.setUti(uti);
    token.setSid(session);
    token.setOid(oid);
    token.setTid(call.tenantId != null ? call.tenantId : f.tenantId);
    token.setAppId(call.appId);
    token.setAppOnly(appOnly);
    long issuedAt = issuedAt(call);
    if (issuedAt > 0) {
      token.setIssuedAt(issuedAt);
    }
    // Graph validates the token of every call that it answers.
    token.setValidated(true);
    if (call.clientAuth >= 0) {
      Delegation delegation = new Delegation();
      delegation.setClientAuth(call.clientAuth);
      delegation.setActorFacets(List.of());
      delegation.setSubjectFacets(List.of());
      token.setDelegation(delegation);
    }
    return token;
  }

  private static long issuedAt(GraphFields call) {
    long seconds = Scalars.whole(call.issued, Timestamps.LAST_SECOND, 0);
    String time = call.issued();
    return seconds > 0 || time == null ? seconds * 1000 : Timestamps.parse(time);
  }
}
