package dev.lockstep.detections.join;

import dev.lockstep.detections.alert.EngineMessages;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Observation;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.util.function.Consumer;

/**
 * Router of activities to rules and joins: makes the messages to subjects and to joins that follow
 * from each activity. For one thread.
 */
public final class ActivityRouter {
  private final boolean alerts;
  private final JoinableLogs joins;
  private final Enrichment enrichment;
  private final Observation observation;
  private final Located located;

  /** Counter of events by what is known of their location. */
  @FunctionalInterface
  public interface Located {
    /** Counts what is known and unknown about the location of an event. */
    void count(Event event);
  }

  /** Creates a router of activities to joins and to the observation by a set of rules. */
  public ActivityRouter(
      RuleSet rules,
      JoinableLogs joins,
      Enrichment enrichment,
      Observation.Counts counts,
      Located located) {
    this.alerts = rules.alerts().enabled();
    this.joins = joins;
    this.enrichment = enrichment;
    this.observation =
        new Observation(
            rules.rules().stream()
                .filter(rule -> rule.observes() && canFind(rule.info(), joins))
                .toList(),
            counts);
    this.located = located;
  }

  /** Returns whether a source may bring the records that a rule needs. */
  private static boolean canFind(RuleInfo rule, JoinableLogs joins) {
    return joins.firewall() || !rule.needs().contains(Need.FIREWALL);
  }

  /**
   * Passes to a consumer the messages for subjects that follow from an activity.
   *
   * @param copy if the activity has been counted before
   */
  public void take(Activity activity, boolean copy, Consumer<Message> messages) {
    Message record = alerts ? EngineMessages.record(activity) : null;
    if (record != null) {
      messages.accept(record);
    }
    if (activity.getKind() != ActivityKind.SIGN_IN && activity.getKind() != ActivityKind.API_CALL) {
      if (observation.reads(activity)) {
        observation.observe(
            event(activity), copy, visit -> messages.accept(new Message.OfVisit(visit)));
      }
      return;
    }
    Event event = event(activity);
    if (!copy) {
      located.count(event);
    }
    Message named = alerts ? EngineMessages.named(event) : null;
    if (named != null) {
      messages.accept(named);
    }
    observation.observe(event, copy, visit -> messages.accept(new Message.OfVisit(visit)));
  }

  /**
   * Observes a call of which more is known now, or retracts the facts of its earlier form, and
   * passes the messages that this causes to a consumer.
   */
  public void take(Revision revision, Consumer<Message> messages) {
    Event event = event(revision);
    if (revision.retracts()) {
      observation.retract(event, visit -> messages.accept(new Message.OfVisit(visit)));
    } else {
      observation.observe(event, false, visit -> messages.accept(new Message.OfVisit(visit)));
    }
  }

  /** Returns whether rules observe an activity. */
  public boolean isObserved(Activity activity) {
    return activity.getKind() == ActivityKind.SIGN_IN
        || activity.getKind() == ActivityKind.API_CALL
        || observation.reads(activity);
  }

  /**
   * Returns the event of an activity, with the place, partner and claims that are known when it
   * arrives.
   */
  public Event event(Activity activity) {
    boolean waits = joins.links() && Calls.wantsLink(activity);
    return new Event(
        activity, enrichment, waits ? Event.Claims.PENDING : Calls.claims(activity), false, false);
  }

  /** Returns the event of a revised call, with the claims and the address of the revision. */
  public Event event(Revision revision) {
    return new Event(
        revision.activity(), enrichment, revision.claims(), true, revision.provisional());
  }

  /**
   * Returns whether an activity is a call that waits for an identity link, or such a link; the
   * call's id joins the two.
   */
  public boolean needsLink(Activity activity) {
    return joins.links()
        && (activity.getKind() == ActivityKind.IDENTITY_LINK || Calls.wantsLink(activity));
  }

  /**
   * Returns whether an activity is a call that waits for Front Door's record, or such a record;
   * Front Door's tracking reference joins the two.
   */
  public boolean needsEdge(Activity activity) {
    return joins.edges() && (Calls.isEdge(activity) || Calls.wantsEdge(activity, enrichment));
  }
}
