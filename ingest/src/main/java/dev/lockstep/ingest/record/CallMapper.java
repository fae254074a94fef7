package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.text.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Mapper that returns the activity of a gateway call, or of an identity link that is a separate
 * message.
 */
final class CallMapper {
  private CallMapper() {}

  static Outcome call(Category category, RecordFields f, Slice slice) {
    if (f.correlationId == null) {
      return ActivityMapper.noId(slice, category, "correlationId");
    }
    Outcome untimed = f.times.read(f, slice, category, "time", null);
    if (untimed != null) {
      return untimed;
    }
    Activity activity =
        ActivityMapper.activity(
            ActivityKind.API_CALL, category, Scalars.lower(f.correlationId), slice, f.times);
    describe(activity, f);
    return TimeBounds.judged(activity, slice);
  }

  private static void describe(Activity activity, RecordFields f) {
    CallFields call = f.call;
    activity.setAddress(f.callerIpAddress);
    boolean ownHeaders = call.socketIp != null || call.forwardedFor != null;
    setProxies(
        activity,
        ownHeaders ? call.socketIp : call.trace.socketIp,
        ownHeaders ? call.forwardedFor : call.trace.xff);
    if (ownHeaders) {
      setLinkProxies(activity, call.trace);
    }
    activity.setTrackingReference(call.azureRef);
    activity.setUserAgent(call.userAgent != null ? call.userAgent : call.trace.userAgent);
    activity.setStatus((int) Scalars.whole(call.responseCode, Integer.MAX_VALUE, -1));
    activity.setApi(api(call));
    activity.setResource(f.resourceId);
    if (call.method != null || call.url != null || call.frontDoorId != null) {
      Request request = new Request();
      request.setMethod(call.method);
      RequestTarget.put(request, call.url);
      request.setFrontDoorId(call.frontDoorId);
      activity.setRequest(request);
    }
    activity.setToken(call.trace.token());
    Principal principal = caller(call);
    activity.setPrincipal(principal);
  }

  private static @Nullable Principal caller(CallFields call) {
    LinkFields claims = call.trace;
    if (claims.hasClaims() && !claims.refused) {
      if (claims.appOnly()) {
        String id = claims.oid != null ? claims.oid : claims.appId();
        if (id != null) {
          return ActivityMapper.principal(id, null, PrincipalTypes.WORKLOAD);
        }
      } else if (claims.oid != null) {
        return ActivityMapper.principal(claims.oid, null, PrincipalTypes.USER);
      }
    }
    return call.apimSubscriptionId == null
        ? null
        : ActivityMapper.principal(call.apimSubscriptionId, null, PrincipalTypes.SUBSCRIPTION);
  }

  private static Api api(CallFields call) {
    Api api = new Api();
    api.setSubscription(call.apimSubscriptionId);
    api.setProduct(call.productId);
    api.setApi(call.apiId);
    api.setOperation(call.operationId);
    api.setErrorSource(call.errorSource);
    api.setErrorReason(call.errorReason);
    return api;
  }

  static Outcome link(RecordFields f, Slice slice) {
    if (f.correlationId == null) {
      return ActivityMapper.noId(slice, Category.LINK, "correlationId");
    }
    if (f.timeMisfit != null) {
      return ActivityMapper.misfit(slice, Category.LINK, f.timeMisfit);
    }
    // A link without arrival time is placed at its token's time of issue; 0 places it at the
    // arrival of its call.
    long eventAt = slice.enqueuedAt() == null ? f.own.issuedAt() : slice.enqueuedAt();
    String time = f.envelopeTime();
    if (time != null) {
      eventAt = Timestamps.parse(time);
      if (eventAt == Timestamps.UNREADABLE) {
        return ActivityMapper.badTime(slice, Category.LINK, "time", time);
      }
    }
    Activity activity =
        ActivityMapper.activity(
            ActivityKind.IDENTITY_LINK,
            Category.LINK,
            Scalars.lower(f.correlationId),
            slice,
            eventAt,
            eventAt);
    setProxies(activity, f.own.socketIp, f.own.xff);
    activity.setUserAgent(f.own.userAgent);
    activity.setToken(f.own.token());
    return TimeBounds.judged(activity, slice);
  }

  /**
   * Adds the addresses of a call's identity link to the activity: the socket address and {@code
   * X-Forwarded-For}. If they equal the addresses in the call's logged request headers, nothing is
   * added. If they differ, the activity keeps both, because this code cannot tell which of them is
   * a proxy.
   */
  private static void setLinkProxies(Activity activity, LinkFields link) {
    if (Objects.equals(activity.getSocketAddress(), link.socketIp)
        && Objects.equals(activity.getForwardedFor(), link.xff)) {
      return;
    }
    activity.setLinkSocketAddress(link.socketIp);
    activity.setLinkForwardedFor(link.xff);
  }

  private static void setProxies(
      Activity activity, @Nullable String socketIp, @Nullable String forwardedFor) {
    activity.setSocketAddress(socketIp);
    activity.setForwardedFor(forwardedFor);
  }
}
