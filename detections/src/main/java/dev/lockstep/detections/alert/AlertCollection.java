package dev.lockstep.detections.alert;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventOrder;
import dev.lockstep.rules.EventReference;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Union of the records of one Defender alert, independent of their order. It also tells whether the
 * alert waits to be judged, was judged, and was sent to its subjects.
 */
public final class AlertCollection {
  /** Gate that suppresses an alert which Sentinel or Defender made from a finding of Lockstep. */
  static final String OWN_ALERT = "own-alert";

  private static final int MOST_RECORDS = 5;
  private static final int MOST_NAMED = 256;

  private @Nullable AlertOnSubject whole;
  private long arrivalAt;
  private boolean pending;
  private boolean judged;
  private boolean given;

  public AlertCollection() {}

  public AlertCollection(
      AlertOnSubject whole, long arrivalAt, boolean pending, boolean judged, boolean given) {
    this.whole = whole;
    this.arrivalAt = arrivalAt;
    this.pending = pending;
    this.judged = judged;
    this.given = given;
  }

  public AlertOnSubject whole() {
    AlertOnSubject known = whole;
    if (known == null) {
      throw new IllegalStateException("an alert was read before any of its records was added");
    }
    return known;
  }

  public void whole(AlertOnSubject now) {
    whole = now;
  }

  public boolean isEmpty() {
    return whole == null;
  }

  public long arrivalAt() {
    return arrivalAt;
  }

  public boolean isPending() {
    return pending;
  }

  public boolean isJudged() {
    return judged;
  }

  public boolean isGiven() {
    return given;
  }

  void judged(boolean isGivenNow) {
    pending = false;
    judged = true;
    given |= isGivenNow;
  }

  /**
   * Adds a record of the alert, and returns whether the alert or its times changed, so that the
   * alert has to be judged again.
   */
  boolean add(Activity activity) {
    AlertOnSubject before = whole;
    AlertOnSubject one = of(activity);
    AlertOnSubject after = before == null ? one : union(before, one);
    whole = after;
    boolean news =
        before == null
            || !before.alert().equals(after.alert())
            || !before.times().equals(after.times())
            || before.overflow() != after.overflow();
    if (news) {
      arrivalAt = Math.max(arrivalAt, activity.getArrivalAt());
      pending = true;
    }
    return news;
  }

  /**
   * Adds the object id of a user to the alert, which named the user by the sign-in name alone.
   * Returns whether the alert changed. A new id is dropped at once if the alert has 256 accounts
   * with smaller hashes.
   */
  boolean add(String account) {
    AlertOnSubject before = whole();
    if (before.alert().getAccounts().contains(account)) {
      return false;
    }
    List<String> accounts = union(before.alert().getAccounts(), List.of(account));
    AlertOnSubject after =
        new AlertOnSubject(
            Alert.newBuilder(before.alert()).setAccounts(accounts).build(),
            before.times(),
            before.records(),
            before.overflow() || before.alert().getAccounts().size() == MOST_NAMED);
    whole = after;
    return !after.equals(before);
  }

  static boolean counts(Alert alert) {
    return whyNotCounted(alert) == null;
  }

  /**
   * Returns the gate that excludes an alert from all rules and from corroborating findings, or null
   * if the alert counts.
   */
  public static @Nullable String whyNotCounted(Alert alert) {
    return alert.getOwn() ? OWN_ALERT : isSevere(alert) ? null : "severity";
  }

  static boolean isSevere(Alert alert) {
    return alert.getSeverity() != null && alert.getSeverity().compareTo(Severity.Medium) >= 0;
  }

  private static AlertOnSubject of(Activity activity) {
    Alert alert = activity.getAlert();
    TreeSet<String> addresses = new TreeSet<>();
    for (String text : alert.getAddresses()) {
      Address address = Address.parse(text);
      if (address != null) {
        addresses.add(address.text());
      }
    }
    Alert one =
        Alert.newBuilder(alert)
            .setTitle(orNull(alert.getTitle()))
            .setProduct(orNull(alert.getProduct()))
            .setLink(orNull(alert.getLink()))
            .setAccounts(union(alert.getAccounts(), List.of()))
            .setNames(union(alert.getNames(), List.of()))
            .setAddresses(union(addresses, List.of()))
            .build();
    return new AlertOnSubject(
        one,
        List.of(activity.getEventAt()),
        List.of(
            new EventReference(
                activity.getCategory(),
                activity.getEventId(),
                activity.getEventAt(),
                activity.getArrivalAt(),
                activity.getWhere())),
        Math.max(Math.max(alert.getAccounts().size(), alert.getNames().size()), addresses.size())
            > MOST_NAMED);
  }

  private static AlertOnSubject union(AlertOnSubject one, AlertOnSubject other) {
    Alert here = one.alert();
    Alert there = other.alert();
    Alert both =
        new Alert(
            here.getId(),
            smaller(here.getTitle(), there.getTitle()),
            highest(here.getSeverity(), there.getSeverity()),
            smaller(here.getProduct(), there.getProduct()),
            smaller(here.getLink(), there.getLink()),
            union(here.getAccounts(), there.getAccounts()),
            union(here.getNames(), there.getNames()),
            union(here.getAddresses(), there.getAddresses()),
            here.getOwn() || there.getOwn());
    TreeSet<Long> times = new TreeSet<>(one.times());
    times.addAll(other.times());
    List<EventReference> records = new ArrayList<>(one.records());
    for (EventReference record : other.records()) {
      int same = -1;
      for (int i = 0; i < records.size(); i++) {
        if (records.get(i).isSameEvent(record)) {
          same = i;
        }
      }
      if (same < 0) {
        records.add(record);
      } else {
        records.set(same, EventOrder.earlier(records.get(same), record));
      }
    }
    records.sort(
        Comparator.comparingLong(EventReference::at)
            .thenComparing(EventReference::category)
            .thenComparing(EventReference::eventId));
    return new AlertOnSubject(
        both,
        bounded(times, String::valueOf),
        records.subList(0, Math.min(MOST_RECORDS, records.size())),
        one.overflow()
            || other.overflow()
            || exceedLimit(here.getAccounts(), there.getAccounts())
            || exceedLimit(here.getNames(), there.getNames())
            || exceedLimit(here.getAddresses(), there.getAddresses()));
  }

  private static boolean exceedLimit(List<String> one, List<String> other) {
    if (one.size() + other.size() <= MOST_NAMED) {
      return false;
    }
    Set<String> all = new HashSet<>(one);
    all.addAll(other);
    return all.size() > MOST_NAMED;
  }

  private static List<String> union(Collection<String> one, Collection<String> other) {
    TreeSet<String> all = new TreeSet<>(one);
    all.addAll(other);
    return bounded(all, text -> text);
  }

  private static <T extends Comparable<T>> List<T> bounded(
      SortedSet<T> all, Function<T, String> text) {
    if (all.size() <= MOST_NAMED) {
      return List.copyOf(all);
    }
    return all.stream()
        .sorted(
            Comparator.comparingLong((T member) -> Hashes.of(text.apply(member)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST_NAMED)
        .sorted()
        .toList();
  }

  private static @Nullable Severity highest(@Nullable Severity one, @Nullable Severity other) {
    return one == null || (other != null && other.compareTo(one) > 0) ? other : one;
  }

  private static @Nullable String smaller(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static @Nullable String orNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
