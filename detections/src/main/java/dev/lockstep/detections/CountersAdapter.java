package dev.lockstep.detections;

import dev.lockstep.detections.finding.FindingCounter;
import dev.lockstep.detections.join.Joins;
import dev.lockstep.detections.message.EngineCounts;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.Observation;
import dev.lockstep.detections.message.OngoingCall;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.RecordGeo;
import java.util.List;
import java.util.Objects;

/**
 * Adapter that passes counts of joins, rules and findings on to one {@link DetectionCounters}. Safe
 * for use by many threads.
 */
public final class CountersAdapter
    implements Observation.Counts, EngineCounts, FindingCounter, Joins.Counts {
  private static final String JOINS = "joins";
  private static final long LATE_MILLIS = 23 * 3_600_000L;
  private static final long RECORD_LATE_MILLIS = 72 * 3_600_000L; // of alerts and risks

  private static final String NETWORKS = "networks";

  private final DetectionCounters counters;
  private final String alertRule;

  /**
   * Creates an adapter that passes counts of joins, rules and findings on to the given counters.
   *
   * @param alertRule id of the rule under which confirmed findings are counted
   */
  public CountersAdapter(DetectionCounters counters, String alertRule) {
    this.counters = counters;
    this.alertRule = alertRule;
  }

  @Override
  public void suppressed(String rule, String gate) {
    counters.gate(rule, gate);
  }

  @Override
  public void counted(String rule, String name) {
    counters.sees(rule, name);
  }

  @Override
  public void counted(String name) {
    if (name.equals(Joins.ADDRESS_FROM_EDGE)) {
      counters.sees(NETWORKS, name);
    } else {
      counters.gate(JOINS, name);
    }
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    counters.failed(rule, what, failure);
  }

  /**
   * Logs, once for each rule, that it starts without its stored state. The state was written when
   * the rule's facts had another layout.
   */
  public void startedAnew(RuleInfo rule) {
    counters.startedAnew(rule);
  }

  @Override
  public void slow(String rule, long millis) {
    counters.slow(rule, millis);
  }

  @Override
  public void calls(OngoingCall call) {
    counters.calls(call);
  }

  @Override
  public void finding(String rule, String severity) {
    counters.finding(rule, severity);
  }

  @Override
  public void corroborated() {
    counters.sees(alertRule, "escalated");
  }

  @Override
  public void took(String rule, long millis) {
    counters.took(rule, millis);
  }

  @Override
  public void excepted(String finding, List<String> exceptions, boolean removed) {
    counters.excepted(finding, exceptions, removed);
  }

  @Override
  public void evicted(String finding) {
    counters.evicted(finding);
  }

  /**
   * Returns whether an event is new, a copy, or a copy that differs from the first one. The event
   * is remembered, and counted if it is a copy or arrived too late for correct verdicts. A copy
   * that differs from the first copy gets the first copy's event time. A watermark or an identity
   * link is no event: it is new, and is neither counted nor remembered.
   *
   * @param identity hash of the event's identity
   * @param content hash of the event's content
   */
  public EventCopies.Relation relate(
      Activity activity, EventCopies copies, long identity, int content) {
    ActivityKind kind = activity.getKind();
    if (!Observation.isEvent(activity)) {
      return EventCopies.Relation.NEW;
    }
    EventCopies.Relation relation = copies.take(identity, content, activity.getEventAt());
    if (relation == EventCopies.Relation.DIFFERENT) {
      activity.setEventAt(copies.firstAt());
    }
    if (relation != EventCopies.Relation.NEW) {
      counters.repeated();
    } else if (activity.getArrivalAt() - activity.getEventAt()
        > (kind == ActivityKind.ALERT || kind == ActivityKind.RISK
            ? RECORD_LATE_MILLIS
            : LATE_MILLIS)) {
      counters.late();
    }
    return relation;
  }

  /**
   * Counts how much is known about the network and place of an event. The counters are of all
   * events with a location, of those without autonomous system, country, network class or place,
   * and of those whose place comes from the record. Failed sign-ins and events without an address
   * do not count.
   */
  public void located(Event event) {
    Location location = event.location();
    if (location == null || (event.isSignIn() && !event.isSuccessfulSignIn())) {
      return;
    }
    RecordGeo record = event.activity().getGeo();
    Network network = location.network();
    Place place = location.place();
    counters.sees(NETWORKS, "observations");
    if (network.asn() == null) {
      counters.sees(NETWORKS, "withoutAsn");
    }
    if (network.country() == null) {
      counters.sees(NETWORKS, "withoutCountry");
    }
    if (network.networkClass() == NetworkClass.UNKNOWN) {
      counters.sees(NETWORKS, "withoutClass");
    }
    if (!place.known()) {
      counters.sees(NETWORKS, "withoutPlace");
    } else if (record != null
        && Objects.equals(record.getLatitude(), place.latitude())
        && Objects.equals(record.getLongitude(), place.longitude())) {
      counters.sees(NETWORKS, "placeFromRecord");
    }
  }
}
