package dev.lockstep.detections.alert;

import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.AlertGates;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.FindingAddress;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Part of the engine that unites a Defender alert's records and sends the alert to its subjects.
 * The subjects are the addresses, accounts and user names in the alert ({@link AlertSender}). At
 * its subjects, the alert confirms findings that are near in time, and may make a rule fire. At a
 * user name, the alert may gain the account that signs in under the name.
 */
public final class AlertExchange {
  private static final long NAME_MILLIS = 24 * 3_600_000L;

  private final AlertSettings settings;
  private final Enrichment enrichment;
  private final RuleCounts counts;
  private final Output output;
  private final AlertSender sender;

  public AlertExchange(
      AlertSettings settings, Enrichment enrichment, RuleCounts counts, Output output) {
    this.settings = settings;
    this.enrichment = enrichment;
    this.counts = counts;
    this.output = output;
    this.sender = new AlertSender(output);
  }

  public AlertSettings settings() {
    return settings;
  }

  /**
   * Adds a record to its alert, and returns whether the alert has to be judged because of the
   * record.
   */
  public boolean record(SubjectAlerts state, Activity activity) {
    AlertCollection collection = state.collecting();
    boolean first = collection.isEmpty();
    boolean wasOwn = !first && collection.whole().alert().getOwn();
    AlertOnSubject before = first ? null : collection.whole();
    boolean news = collection.add(activity);
    state.collected(before == null ? Integer.MIN_VALUE : SubjectAlerts.dayOf(before));
    if (before != null && collection.isGiven()) {
      sender.withdraw(before, collection.whole());
    }
    if (collection.whole().alert().getOwn() && !wasOwn) {
      counts.suppressed(
          AlertMessages.alertSubject(activity.getAlert().getId()),
          settings.rule(),
          AlertCollection.OWN_ALERT);
    }
    return news;
  }

  /**
   * Decides whether an alert counts for rules and findings, and sends an alert that counts to each
   * subject that the alert names. The subjects are the addresses, accounts and user names in the
   * alert. An alert that was sent before and does not count is retracted from the subjects. The
   * caller waits until none of the alert's records has come for some time.
   */
  public void judge(SubjectAlerts state) {
    AlertCollection collection = state.collecting();
    AlertOnSubject whole = collection.whole();
    Alert alert = whole.alert();
    if (!collection.isJudged() && !alert.getOwn()) {
      count(alert);
    }
    boolean isCounted = AlertCollection.counts(alert);
    boolean given = collection.isGiven() || isCounted;
    collection.judged(isCounted);
    state.collected(SubjectAlerts.dayOf(whole));
    if (given) {
      sender.send(whole, isCounted);
    }
  }

  private void count(Alert alert) {
    String rule = settings.rule();
    counts.counted(rule, "alerts");
    if (!AlertCollection.isSevere(alert)) {
      counts.counted(rule, "alertsBelowMedium");
      return;
    }
    if (alert.getAddresses().isEmpty()
        && alert.getAccounts().isEmpty()
        && alert.getNames().isEmpty()) {
      counts.counted(rule, "alertsNamingNobody");
    }
    for (String text : alert.getAddresses()) {
      Address address = Address.parse(text);
      if (address != null) {
        String gate = AlertGates.of(enrichment.locate(address, null).network().networkClass());
        if (gate != null) {
          counts.suppressed(AlertMessages.alertSubject(alert.getId()), rule, gate);
        }
      }
    }
  }

  /**
   * Returns the gate that keeps alerts from corroborating findings at addresses of a network class,
   * or null if the class has no such gate.
   */
  public static @Nullable String gate(String networkClass) {
    NetworkClass known = NetworkClass.ofWord(networkClass);
    return known == null ? null : AlertGates.of(known);
  }

  /**
   * Adds an account to a Defender alert, and returns whether the alert's accounts changed. The
   * account signed in under a user name that the alert contains. If the alert was sent to the
   * subjects that it names, it is sent again with the account.
   */
  public boolean account(SubjectAlerts state, String account) {
    AlertCollection collection = state.collection();
    if (collection == null || collection.isEmpty()) {
      return false;
    }
    AlertOnSubject before = collection.whole();
    if (!collection.add(account)) {
      return false;
    }
    state.collected(SubjectAlerts.dayOf(collection.whole()));
    if (collection.isGiven()) {
      sender.withdraw(before, collection.whole());
      sender.send(collection.whole(), AlertCollection.counts(collection.whole().alert()));
    }
    return true;
  }

  /**
   * Stores or removes an alert that names the subject, and returns the changed alerts, for which
   * the subject's rules have to judge again. A retracted alert is removed. Each returned alert is
   * in a form with all of its times.
   */
  public List<AlertOnSubject> alerted(SubjectAlerts state, Message.Alerted message) {
    AlertOnSubject alert = message.alert();
    String id = alert.alert().getId();
    if (!message.counts()) {
      AlertOnSubject before = state.remove(id);
      if (before == null) {
        return List.of();
      }
      state.mentions().values().forEach(mention -> confirm(mention, before, false));
      return List.of(before);
    }
    boolean wasKept = state.alerts().containsKey(id);
    boolean wasFull = state.hasMoreThanKept(SubjectAlerts.dayOf(alert));
    SubjectAlerts.Put<AlertOnSubject> put = state.put(alert);
    if (!wasFull && state.hasMoreThanKept(SubjectAlerts.dayOf(alert))) {
      // Findings say from now on that more alerts came than are kept.
      List<AlertOnSubject> changed = new ArrayList<>(alerted(state, message, wasKept, put));
      for (AlertOnSubject other : state.alerts().values()) {
        if (SubjectAlerts.dayOf(other) == SubjectAlerts.dayOf(alert)) {
          changed.add(other);
        }
      }
      return AlertMessages.isName(message.subject()) ? List.of() : changed;
    }
    return alerted(state, message, wasKept, put);
  }

  private List<AlertOnSubject> alerted(
      SubjectAlerts state,
      Message.Alerted message,
      boolean wasKept,
      SubjectAlerts.Put<AlertOnSubject> put) {
    AlertOnSubject alert = message.alert();
    String id = alert.alert().getId();
    AlertOnSubject dropped = put.dropped();
    if (dropped != null) {
      state.mentions().values().forEach(mention -> confirm(mention, dropped, false));
    }
    if (!put.isChange()) {
      // The alert may have moved to a day that has too many.
      return wasKept && dropped != null ? List.of(alert) : List.of();
    }
    if (AlertMessages.isName(message.subject())) {
      state
          .named()
          .forEach(
              (on, span) -> {
                if (isNear(alert, span[0], span[1], NAME_MILLIS)) {
                  output.message(
                      new Message.AlertAccount(AlertMessages.alertSubject(id), on.principal()));
                }
              });
      return List.of();
    }
    state.mentions().values().forEach(mention -> meet(mention, alert));
    return dropped == null ? List.of(alert) : List.of(alert, dropped);
  }

  /**
   * Stores that a principal signed in under a user name, and adds the principal to alerts that name
   * the user. Only alerts within 24 hours before or after the sign-in count. The principal is sent
   * to the subject whose state collects all records of the alert. Returns false, and sends nothing,
   * if nothing new was stored.
   */
  public boolean named(SubjectAlerts state, Message.Named message) {
    if (!state.put(message)) {
      return false;
    }
    for (AlertOnSubject alert : state.alerts().values()) {
      if (isNear(alert, message.at(), message.at(), NAME_MILLIS)
          && !alert.alert().getAccounts().contains(message.principal())) {
        output.message(
            new Message.AlertAccount(
                AlertMessages.alertSubject(alert.alert().getId()), message.principal()));
      }
    }
    return true;
  }

  /**
   * Stores that a finding is about a subject, so that alerts about the subject can confirm the
   * finding. The subject is a principal or an address. Known alerts near the finding's time confirm
   * it at once. Returns whether the stored findings about the subject changed.
   */
  public boolean mentioned(SubjectAlerts state, Message.Mentioned mention) {
    Message.Mentioned before = state.mentions().get(mention.finding());
    SubjectAlerts.Put<Message.Mentioned> put = state.put(mention);
    Message.Mentioned dropped = put.dropped();
    if (dropped != null) {
      state.alerts().values().stream()
          .filter(alert -> isNear(alert, dropped))
          .forEach(alert -> confirm(dropped, alert, false));
    }
    if (!put.isChange()) {
      return dropped != null;
    }
    for (AlertOnSubject alert : state.alerts().values()) {
      if (before != null
          && isNear(alert, before)
          && Objects.equals(gate(before.networkClass()), gate(mention.networkClass()))) {
        if (!isNear(alert, mention)) {
          confirm(mention, alert, false);
        }
      } else {
        meet(mention, alert);
      }
    }
    return true;
  }

  private void meet(Message.Mentioned mention, AlertOnSubject alert) {
    if (!isNear(alert, mention)) {
      return;
    }
    String gate = gate(mention.networkClass());
    if (gate != null) {
      counts.suppressed(mention.subject(), settings.rule(), gate);
    } else {
      confirm(mention, alert, true);
    }
  }

  private void confirm(Message.Mentioned mention, AlertOnSubject alert, boolean confirms) {
    if (gate(mention.networkClass()) != null) {
      return;
    }
    boolean isPrincipal = mention.subject().kind() == Subject.Kind.PRINCIPAL;
    output.confirmation(
        new Confirmation(
            mention.finding(),
            AlertMessages.collected(alert),
            isPrincipal,
            isPrincipal ? null : mention.subject().id(),
            confirms));
  }

  private boolean isNear(AlertOnSubject alert, Message.Mentioned mention) {
    return isNear(alert, mention.startAt(), mention.endAt(), settings.escalateHours() * 3_600_000L);
  }

  private static boolean isNear(AlertOnSubject alert, long from, long to, long most) {
    for (long time : alert.times()) {
      if (time >= from - most && time <= to + most) {
        return true;
      }
    }
    return false;
  }

  /** Returns the alerts that name a subject. The list is empty if there are none. */
  public static List<AlertOnSubject> of(@Nullable SubjectAlerts state) {
    if (state == null || state.alerts().isEmpty()) {
      return List.of();
    }
    List<AlertOnSubject> alerts = new ArrayList<>(state.alerts().size());
    for (AlertOnSubject alert : state.alerts().values()) {
      alerts.add(
          state.hasMoreThanKept(SubjectAlerts.dayOf(alert))
              ? new AlertOnSubject(alert.alert(), alert.times(), alert.records(), true)
              : alert);
    }
    return alerts;
  }

  /**
   * Returns a map from each address of a finding to its network class, and from the finding's
   * principal to an empty text. A principal that is a subscription is left out.
   */
  public static Map<Subject, String> parts(
      List<FindingAddress> addresses, @Nullable Principal principal) {
    Map<Subject, String> parts = new LinkedHashMap<>();
    for (FindingAddress address : addresses) {
      parts.merge(
          new Subject(Subject.Kind.ADDRESS, address.getAddress()),
          address.getNetworkClass(),
          (one, other) -> gate(one) == null ? one : other); // one event that may match is enough
    }
    if (principal != null && !PrincipalTypes.isSubscription(principal)) {
      parts.put(new Subject(Subject.Kind.PRINCIPAL, principal.getId()), "");
    }
    return parts;
  }
}
