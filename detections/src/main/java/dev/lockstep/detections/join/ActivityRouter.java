package dev.lockstep.detections.join;

import dev.lockstep.detections.alert.AlertMessages;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.util.function.Consumer;

/**
 * Router of activities to rules and joins. It makes the messages to subjects that follow from an
 * activity, and tells which activities a join needs. For one thread.
 */
public final class ActivityRouter {
  private final boolean alerts;
  private final JoinableLogs joins;
  private final Enrichment enrichment;
  private final EventObserver observer;
  private final Consumer<Event> located;

  /**
   * Creates a router for a set of rules.
   *
   * @param located counter of events by what is known of their location
   */
  public ActivityRouter(
      RuleSet rules,
      JoinableLogs joins,
      Enrichment enrichment,
      RuleCounts counts,
      Consumer<Event> located) {
    this.alerts = rules.alerts().enabled();
    this.joins = joins;
    this.enrichment = enrichment;
    this.observer =
        new EventObserver(
            rules.rules().stream()
                .filter(rule -> rule.observes() && canFind(rule.info(), joins))
                .toList(),
            counts);
    this.located = located;
  }

  private static boolean canFind(RuleInfo rule, JoinableLogs joins) {
    return joins.firewall() || !rule.needs().contains(Need.FIREWALL);
  }

  /**
   * Creates the messages that an activity causes for subjects, and passes them to a consumer. A
   * copy is not counted again. A copy that differs from the first copy is not observed by the rules
   * that judge the first copy alone.
   */
  public void take(Activity activity, EventCopies.Relation relation, Consumer<Message> messages) {
    boolean copy = relation != EventCopies.Relation.NEW;
    Message record = alerts ? AlertMessages.record(activity) : null;
    if (record != null) {
      messages.accept(record);
    }
    if (activity.getKind() != ActivityKind.SIGN_IN && activity.getKind() != ActivityKind.API_CALL) {
      if (observer.reads(activity)) {
        observer.observe(
            event(activity), copy, visit -> messages.accept(new Message.OfVisit(visit)));
      }
      return;
    }
    Event event = event(activity);
    if (!copy) {
      located.accept(event);
    }
    Message named = alerts ? AlertMessages.named(event) : null;
    if (named != null) {
      messages.accept(named);
    }
    if (relation == EventCopies.Relation.DIFFERENT) {
      observer.observeDifferent(event, visit -> messages.accept(new Message.OfVisit(visit)));
    } else {
      observer.observe(event, copy, visit -> messages.accept(new Message.OfVisit(visit)));
    }
  }

  /**
   * Creates the messages that a revision of a call causes for subjects, and passes them to a
   * consumer. A retraction retracts the facts of the call's earlier form. If a revision changes
   * nothing but the claims, the facts that the rules have stated of the earlier form are not stated
   * again.
   */
  public void take(CallRevision revision, Consumer<Message> messages) {
    Event event = event(revision);
    if (revision.retracts()) {
      observer.retract(event, visit -> messages.accept(new Message.OfVisit(visit)));
    } else if (revision.onlyClaims()) {
      Event before = new Event(revision.activity(), enrichment, Event.Claims.PENDING, false, false);
      observer.observe(event, before, visit -> messages.accept(new Message.OfVisit(visit)));
    } else {
      observer.observe(
          event, revision.again(), visit -> messages.accept(new Message.OfVisit(visit)));
    }
  }

  /**
   * Returns whether an activity can concern a rule: a sign-in, a call, or a record of a category
   * that a rule reads.
   */
  public boolean isObserved(Activity activity) {
    return activity.getKind() == ActivityKind.SIGN_IN
        || activity.getKind() == ActivityKind.API_CALL
        || observer.reads(activity);
  }

  /** Returns the event of an activity, as far as it is known on arrival. */
  public Event event(Activity activity) {
    boolean waits = joins.links() && JoinableCalls.wantsLink(activity);
    boolean mayMove =
        waits
            ? enrichment.clientOf(activity) == null
            : joins.edges() && JoinableCalls.wantsEdge(activity, enrichment);
    return new Event(
        activity,
        enrichment,
        waits ? Event.Claims.PENDING : JoinableCalls.claims(activity),
        false,
        mayMove);
  }

  /** Returns the event of a revised call, with the claims and the address of the revision. */
  public Event event(CallRevision revision) {
    return new Event(
        revision.activity(), enrichment, revision.claims(), true, revision.provisional());
  }

  /**
   * Returns whether an activity is an identity link, or a call that waits for its link. The call's
   * id joins the two. The result is false if no source brings links.
   */
  public boolean needsLink(Activity activity) {
    return joins.links()
        && (activity.getKind() == ActivityKind.IDENTITY_LINK || JoinableCalls.wantsLink(activity));
  }

  /**
   * Returns whether an activity is Front Door's record of a request, or a call that waits for such
   * a record. Front Door's tracking reference joins the two. The result is false if no source
   * brings such records.
   */
  public boolean needsEdge(Activity activity) {
    return joins.edges()
        && (JoinableCalls.isEdge(activity) || JoinableCalls.wantsEdge(activity, enrichment));
  }
}
