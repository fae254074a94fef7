package dev.lockstep.ingest;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import org.jspecify.annotations.Nullable;

/** Makes of a record's fields what becomes of it. */
final class ActivityMapper {
  private static final long AHEAD_MILLIS = 5 * 60_000L;
  private static final long BEHIND_MILLIS = 30 * 86_400_000L;

  private ActivityMapper() {}

  static Outcome map(RecordFields fields, Slice slice) {
    Category category = fields.category;
    if (category == null) {
      if (fields.anyCategory) {
        return new Outcome.PassedBy(fields.categoryText);
      } else if (fields.own.versioned && (fields.correlationId != null || fields.own.isSaying())) {
        return link(fields, slice);
      }
      String kind = fields.alert.kind();
      if (!kind.equals(Category.ALERT.spelling)) {
        return new Outcome.PassedBy(kind);
      }
      category = Category.ALERT;
    }
    if (fields.propertiesReason != null) {
      return slice.rejected(fields.propertiesReason, fields.propertiesDetail, category);
    }
    if (category.isOfAlerts()) {
      return AlertMapper.map(category, fields, slice);
    }
    return category == Category.GATEWAY
        ? call(fields, slice)
        : SignInMapper.map(category, fields, slice);
  }

  private static Outcome call(RecordFields f, Slice slice) {
    if (f.correlationId == null) {
      return noId(slice, Category.GATEWAY, "correlationId");
    }
    if (f.timeMisfit != null) {
      return misfit(slice, Category.GATEWAY, f.timeMisfit);
    }
    String time = f.envelopeTime();
    if (time == null) {
      return noTime(slice, Category.GATEWAY, "time");
    }
    long eventAt = Timestamps.parse(time);
    if (eventAt == Timestamps.UNREADABLE) {
      return badTime(slice, Category.GATEWAY, "time", time);
    }
    Activity activity =
        activity(ActivityKind.API_CALL, Category.GATEWAY, f.correlationId, slice, eventAt, eventAt);
    if (f.callerIpAddress != null) {
      activity.setAddress(f.callerIpAddress);
    }
    boolean ownHeaders = f.socketIp != null || f.forwardedFor != null;
    setProxies(
        activity,
        ownHeaders ? f.socketIp : f.trace.socketIp,
        ownHeaders ? f.forwardedFor : f.trace.xff);
    activity.setStatus((int) Scalars.digits(f.responseCode, Integer.MAX_VALUE, -1));
    activity.setApi(api(f));
    Token token = f.trace.token();
    if (token != null) {
      activity.setToken(token);
    }
    Principal principal = caller(f);
    if (principal != null) {
      activity.setPrincipal(principal);
    }
    return judged(activity, slice);
  }

  /** Claims name the caller only if the gateway validated them; else the subscription does. */
  private static @Nullable Principal caller(RecordFields f) {
    LinkFields claims = f.trace;
    if (claims.hasClaims() && !claims.refused) {
      if (claims.appOnly()) {
        String id = claims.oid != null ? claims.oid : claims.appId;
        if (id != null) {
          return principal(LinkFields.lower(id), null, "workload");
        }
      } else if (claims.oid != null) {
        return principal(LinkFields.lower(claims.oid), null, "user");
      }
    }
    return f.apimSubscriptionId == null
        ? null
        : principal(f.apimSubscriptionId, null, "subscription");
  }

  private static Api api(RecordFields f) {
    Api api = new Api();
    if (f.apimSubscriptionId != null) {
      api.setSubscription(f.apimSubscriptionId);
    }
    if (f.productId != null) {
      api.setProduct(f.productId);
    }
    if (f.apiId != null) {
      api.setApi(f.apiId);
    }
    if (f.operationId != null) {
      api.setOperation(f.operationId);
    }
    if (f.method != null) {
      api.setMethod(f.method);
    }
    return api;
  }

  /** Maps the link that comes as a message of its own. */
  private static Outcome link(RecordFields f, Slice slice) {
    if (f.correlationId == null) {
      return noId(slice, Category.LINK, "correlationId");
    }
    if (f.timeMisfit != null) {
      return misfit(slice, Category.LINK, f.timeMisfit);
    }
    // Without any time it arrives when its call does: 0 says so.
    long eventAt = slice.enqueuedAt() == null ? 0 : slice.enqueuedAt();
    String time = f.envelopeTime();
    if (time != null) {
      eventAt = Timestamps.parse(time);
      if (eventAt == Timestamps.UNREADABLE) {
        return badTime(slice, Category.LINK, "time", time);
      }
    }
    Activity activity =
        activity(
            ActivityKind.IDENTITY_LINK, Category.LINK, f.correlationId, slice, eventAt, eventAt);
    setProxies(activity, f.own.socketIp, f.own.xff);
    Token token = f.own.token();
    if (token != null) {
      activity.setToken(token);
    }
    return judged(activity, slice);
  }

  private static void setProxies(
      Activity activity, @Nullable String socketIp, @Nullable String forwardedFor) {
    if (socketIp != null) {
      activity.setSocketAddress(socketIp);
    }
    if (forwardedFor != null) {
      activity.setForwardedFor(forwardedFor);
    }
  }

  /**
   * Starts an activity.
   *
   * @param elseArrivalAt when it arrived, if the transport does not know
   */
  static Activity activity(
      ActivityKind kind,
      Category category,
      String eventId,
      Slice slice,
      long eventAt,
      long elseArrivalAt) {
    Activity activity = new Activity();
    activity.setKind(kind);
    activity.setCategory(category.spelling);
    activity.setEventId(eventId);
    activity.setEventAt(eventAt);
    activity.setArrivalAt(slice.enqueuedAt() != null ? slice.enqueuedAt() : elseArrivalAt);
    activity.setWhere(slice.where());
    activity.setStatus(-1);
    return activity;
  }

  static Principal principal(String id, @Nullable String name, String type) {
    Principal principal = new Principal();
    principal.setId(id);
    if (name != null) {
      principal.setName(name);
    }
    principal.setType(type);
    return principal;
  }

  /** Keeps out what cannot have happened when it says, as far as its arrival tells. */
  static Outcome judged(Activity activity, Slice slice) {
    long eventAt = activity.getEventAt();
    long arrivalAt = activity.getArrivalAt();
    if (eventAt > arrivalAt + AHEAD_MILLIS) {
      return outOfTime(activity, slice, Reason.FUTURE, "more than 5 minutes ahead of");
    }
    if (eventAt < arrivalAt - BEHIND_MILLIS) {
      return outOfTime(activity, slice, Reason.TOO_OLD, "more than 30 days behind");
    }
    return new Outcome.Mapped(activity);
  }

  private static Outcome outOfTime(Activity activity, Slice slice, Reason reason, String how) {
    return slice.quarantined(
        reason,
        "the event time %s is %s the arrival at %s"
            .formatted(
                JsonView.instant(activity.getEventAt()),
                how,
                JsonView.instant(activity.getArrivalAt())),
        activity.getCategory(),
        activity.getArrivalAt());
  }

  static Outcome noId(Slice slice, Category category, String key) {
    return slice.rejected(Reason.NO_ID, key + " is absent or is no text", category);
  }

  static Outcome noTime(Slice slice, Category category, String key) {
    return slice.rejected(Reason.NO_TIME, key + " is absent", category);
  }

  static Outcome misfit(Slice slice, Category category, String key) {
    return slice.rejected(Reason.BAD_TIME, key + " is an object or array", category);
  }

  static Outcome badTime(Slice slice, Category category, String key, String value) {
    return slice.rejected(Reason.BAD_TIME, key + " is no time: " + Quoted.of(value), category);
  }
}
