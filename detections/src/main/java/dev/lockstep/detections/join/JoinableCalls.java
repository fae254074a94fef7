package dev.lockstep.detections.join;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Token;
import org.jspecify.annotations.Nullable;

/**
 * Static methods for completing calls with identity links and Front Door's records. They tell which
 * calls can be completed and by which records, and return completed copies of calls.
 */
public final class JoinableCalls {
  private static final String GRAPH = "MicrosoftGraphActivityLogs";

  private JoinableCalls() {}

  /**
   * Returns whether an activity is a call that could get its claims from an identity link. That is
   * a call without claims, other than a call of Microsoft Graph.
   */
  public static boolean wantsLink(Activity activity) {
    return activity.getKind() == ActivityKind.API_CALL
        && activity.getToken() == null
        && !activity.getCategory().equals(GRAPH);
  }

  /**
   * Returns whether a call lacks its client's address, and Front Door's record could tell that
   * address. That is so if the call has Front Door's reference and names no address but its peer,
   * and the peer is a trusted proxy.
   */
  public static boolean wantsEdge(Activity activity, Enrichment enrichment) {
    return activity.getKind() == ActivityKind.API_CALL
        && isAddressLeftToEdge(activity)
        && activity.getAddress() != null
        && enrichment.clientOf(activity) == null;
  }

  /**
   * Returns whether a call has Front Door's tracking reference, but no address from a header that a
   * proxy wrote. Such an address would be in the call's own log record, or in the identity link
   * that was joined to the call. If a call without such an address came by a trusted proxy, only
   * Front Door's record can tell the client's address.
   */
  static boolean isAddressLeftToEdge(Activity call) {
    return call.getTrackingReference() != null && !hasAddress(call);
  }

  /**
   * Returns whether an activity is a Front Door record with a tracking reference and the client's
   * address. The record of a parent location has the address of another Front Door location
   * instead.
   */
  public static boolean isEdge(Activity activity) {
    return activity.getKind() == ActivityKind.EDGE_REQUEST
        && activity.getTrackingReference() != null
        && activity.getSocketAddress() != null
        && !activity.getEventId().endsWith("/parent");
  }

  /** Returns a copy of a Front Door record with only the fields that the join needs. */
  public static Activity edgeHalf(Activity edge) {
    Activity half = new Activity();
    half.setKind(ActivityKind.EDGE_REQUEST);
    half.setCategory(edge.getCategory());
    half.setEventId(edge.getEventId());
    half.setEventAt(edge.getEventAt());
    half.setArrivalAt(edge.getArrivalAt());
    half.setWhere(edge.getWhere());
    half.setStatus(-1);
    half.setTrackingReference(edge.getTrackingReference());
    half.setSocketAddress(edge.getSocketAddress());
    return half;
  }

  /**
   * Returns whether an identity link has its token's time of issue in place of its own time. It is
   * false for a link without any time.
   */
  public static boolean isPlacedByIssue(Activity link) {
    if (link.getKind() != ActivityKind.IDENTITY_LINK) {
      return false;
    }
    Long issuedAt = link.getToken() == null ? null : link.getToken().getIssuedAt();
    return issuedAt != null && issuedAt == link.getArrivalAt() && issuedAt == link.getEventAt();
  }

  /**
   * Returns whether the event times of an identity link and a call are close enough for a join. A
   * link without a time is close to any call.
   */
  static boolean reaches(Activity link, Activity call) {
    long after = call.getEventAt() - link.getEventAt();
    long before = isPlacedByIssue(link) ? JoinReach.BEFORE_ISSUE_MILLIS : JoinReach.REACH_MILLIS;
    return link.getEventAt() == 0 || (after <= JoinReach.REACH_MILLIS && after >= -before);
  }

  static boolean hasAddress(Activity half) {
    return half.getSocketAddress() != null || half.getForwardedFor() != null;
  }

  static boolean isValidated(Activity half) {
    return half.getToken() != null && half.getToken().getValidated();
  }

  /**
   * Returns the state of the claims of an activity that waits for no identity link: validated,
   * unvalidated or absent.
   */
  public static Event.Claims claims(Activity call) {
    Token token = call.getToken();
    if (token == null) {
      return Event.Claims.ABSENT;
    }
    return token.getValidated() ? Event.Claims.VALIDATED : Event.Claims.UNVALIDATED;
  }

  static Activity withClientAddress(Activity call, String peer) {
    return Activity.newBuilder(call).setSocketAddress(peer).build();
  }

  /**
   * Returns a copy of a call with the claims of its identity link. The copy also has the link's
   * addresses, beside the call's own addresses if the call has any.
   */
  static Activity withLink(Activity call, Activity link) {
    Activity linked = Activity.newBuilder(call).build();
    Token token = link.getToken();
    linked.setToken(token);
    if (!hasAddress(call)) {
      linked.setSocketAddress(link.getSocketAddress());
      linked.setForwardedFor(link.getForwardedFor());
    } else if (call.getLinkSocketAddress() == null && call.getLinkForwardedFor() == null) {
      linked.setLinkSocketAddress(link.getSocketAddress());
      linked.setLinkForwardedFor(link.getForwardedFor());
    }
    Principal principal = token == null ? null : principal(token);
    if (principal != null) {
      linked.setPrincipal(principal);
    }
    return linked;
  }

  private static @Nullable Principal principal(Token token) {
    if (!token.getValidated()) {
      return null;
    }
    String oid = token.getOid();
    if (token.getAppOnly()) {
      String id = oid == null ? token.getAppId() : oid;
      return id == null ? null : new Principal(id, null, PrincipalTypes.WORKLOAD);
    }
    return oid == null ? null : new Principal(oid, null, PrincipalTypes.USER);
  }

  /** Returns whether a call has an HTTP status other than the refusals 401, 403, 407 and 429. */
  static boolean isAccepted(Activity call) {
    int status = call.getStatus();
    return status >= 0 && status != 401 && status != 403 && status != 407 && status != 429;
  }

  /**
   * Returns a key for the caller of a call without claims. It is the API Management subscription
   * that the call names, or else the id of the call.
   */
  static String callerKey(Activity call) {
    Principal principal = call.getPrincipal();
    return principal == null ? call.getEventId() : principal.getId();
  }
}
