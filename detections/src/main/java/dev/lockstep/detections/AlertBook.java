package dev.lockstep.detections;

import dev.lockstep.enrichment.Address;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes one alert of the records that say something of it, whatever their order. */
final class AlertBook {
  /** The first few records are cited. */
  private static final int MOST_CITED = 5;

  private final int setCap;

  AlertBook(int setCap) {
    this.setCap = setCap;
  }

  /** Returns the alert with one more record, null for none so far. */
  CollectedAlert with(@Nullable CollectedAlert before, Activity activity) {
    CollectedAlert one = of(activity);
    return before == null ? one : union(before, one);
  }

  private CollectedAlert of(Activity activity) {
    Alert alert = activity.getAlert();
    TreeSet<String> addresses = new TreeSet<>();
    for (String text : alert.getAddresses()) {
      Address address = Address.parse(text);
      if (address != null) {
        addresses.add(address.text());
      }
    }
    Alert collected =
        Alert.newBuilder(alert)
            .setTitle(orNull(alert.getTitle()))
            .setProduct(orNull(alert.getProduct()))
            .setLink(orNull(alert.getLink()))
            .setAccounts(CappedSets.union(alert.getAccounts(), List.of(), setCap))
            .setNames(CappedSets.union(alert.getNames(), List.of(), setCap))
            .setAddresses(CappedSets.union(addresses, List.of(), setCap))
            .build();
    return new CollectedAlert(
        collected, List.of(activity.getEventAt()), List.of(Citations.of(activity)));
  }

  private CollectedAlert union(CollectedAlert one, CollectedAlert other) {
    Alert here = one.getAlert();
    Alert there = other.getAlert();
    Alert both =
        new Alert(
            here.getId(),
            smaller(here.getTitle(), there.getTitle()),
            highest(here.getSeverity(), there.getSeverity()),
            smaller(here.getProduct(), there.getProduct()),
            smaller(here.getLink(), there.getLink()),
            CappedSets.union(here.getAccounts(), there.getAccounts(), setCap),
            CappedSets.union(here.getNames(), there.getNames(), setCap),
            CappedSets.union(here.getAddresses(), there.getAddresses(), setCap),
            here.getOwn() || there.getOwn());
    return new CollectedAlert(
        both,
        CappedSets.unionOfTimes(one.getTimes(), other.getTimes(), setCap),
        Citations.first(one.getCited(), other.getCited(), MOST_CITED));
  }

  /** Returns whether two say the same of an alert; how they are cited aside. */
  static boolean sameWords(CollectedAlert one, CollectedAlert other) {
    return one.getAlert().equals(other.getAlert()) && one.getTimes().equals(other.getTimes());
  }

  /** Returns whether an alert is severe enough to be compared, and not our own. */
  static boolean counts(Alert alert) {
    return !alert.getOwn() && severe(alert);
  }

  static boolean severe(Alert alert) {
    return alert.getSeverity() != null && alert.getSeverity().compareTo(Severity.Medium) >= 0;
  }

  /** Returns whether a minute lies close to any time of an alert, by whole minutes. */
  static boolean near(CollectedAlert alert, long minute, long minutes) {
    return near(alert, minute, minute, minutes);
  }

  /** Returns whether any time of an alert lies close to a span of time, by whole minutes. */
  static boolean near(CollectedAlert alert, long firstMinute, long lastMinute, long minutes) {
    for (long time : alert.getTimes()) {
      long at = Days.minute(time);
      if (at >= firstMinute - minutes && at <= lastMinute + minutes) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a moment lies close to any time of an alert. */
  static boolean within(CollectedAlert alert, long at, long minutes) {
    for (long time : alert.getTimes()) {
      if (Math.abs(time - at) <= minutes * 60_000L) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Severity highest(@Nullable Severity one, @Nullable Severity other) {
    return one == null || (other != null && other.compareTo(one) > 0) ? other : one;
  }

  /** Returns the smaller text, so that it does not hang on the order. */
  private static @Nullable String smaller(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static @Nullable String orNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  /** Returns what is left of an alert when only an account is said of it. */
  static CollectedAlert naming(CollectedAlert alert, String account) {
    Alert named = new Alert();
    named.setId(alert.getAlert().getId());
    named.setAccounts(List.of(account));
    named.setNames(List.of());
    named.setAddresses(List.of());
    return new CollectedAlert(named, alert.getTimes(), new ArrayList<Cited>(0));
  }
}
