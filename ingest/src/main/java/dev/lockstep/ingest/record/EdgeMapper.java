package dev.lockstep.ingest.record;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.text.Fingerprint;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Request;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Mapper of a record of Front Door, or of Front Door's firewall, to an activity. */
final class EdgeMapper {
  private EdgeMapper() {}

  static Outcome map(Category category, RecordFields f, Slice slice) {
    EdgeFields edge = f.edge;
    Outcome untimed = f.times.read(f, slice, category, "time", null);
    if (untimed != null) {
      return untimed;
    }
    String id = ActivityMapper.idOf(id(category, f, edge), slice, f.times);
    Activity activity =
        ActivityMapper.activity(ActivityKind.EDGE_REQUEST, category, id, slice, f.times);
    activity.setTrackingReference(edge.trackingReference);
    activity.setAddress(edge.clientIp);
    activity.setSocketAddress(edge.socketIp);
    activity.setStatus((int) Scalars.whole(edge.httpStatusCode, Integer.MAX_VALUE, -1));
    activity.setUserAgent(edge.userAgent);
    activity.setRequest(request(category, edge));
    return TimeBounds.judged(activity, slice);
  }

  /**
   * Returns the id of the event, or null if nothing in the record identifies the event. The id
   * begins with the tracking reference of the request. The firewall writes a record for each rule
   * that a request matches, so a hash of the time and the rule is added. A parent location of Front
   * Door writes an access record of its own, to which {@code /parent} is added. Without a tracking
   * reference, the id is a hash of the content.
   */
  private static @Nullable String id(Category category, RecordFields f, EdgeFields edge) {
    if (edge.trackingReference == null) {
      return edge.clientIp == null && edge.socketIp == null && edge.requestUri == null
          ? null
          : Fingerprint.of(
              f.times.instant(),
              edge.clientIp,
              edge.socketIp,
              edge.method,
              edge.requestUri,
              edge.hostName,
              edge.userAgent,
              edge.httpStatusCode,
              rule(edge));
    }
    if (category == Category.EDGE_FIREWALL) {
      return edge.trackingReference
          + "/"
          + Fingerprint.of(Long.toString(f.times.eventAt), rule(edge));
    }
    boolean parent =
        edge.receivedFromClient != null && edge.receivedFromClient.equalsIgnoreCase("false");
    return parent ? edge.trackingReference + "/parent" : edge.trackingReference;
  }

  private static String rule(EdgeFields edge) {
    long details = edge.detailsHash();
    String matched = details == 0 ? null : HexFormat.of().toHexDigits(details);
    return Fingerprint.of(edge.ruleName, edge.policy, edge.action, matched);
  }

  private static Request request(Category category, EdgeFields edge) {
    Request request = new Request();
    request.setMethod(edge.method);
    RequestTarget.put(request, edge.requestUri);
    if (request.getHost() == null || category == Category.EDGE_FIREWALL) {
      RequestTarget.putHost(request, edge.hostName);
    }
    request.setAction(edge.action);
    request.setRule(edge.ruleName);
    request.setPolicy(edge.policy);
    request.setPolicyMode(edge.policyMode);
    return request;
  }
}
