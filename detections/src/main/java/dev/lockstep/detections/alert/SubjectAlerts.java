package dev.lockstep.detections.alert;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.message.Message;
import dev.lockstep.rules.AlertOnSubject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Alerts that name a subject, and findings that mention the subject. If the subject is a user name,
 * it also has the principals that signed in under this name. If the subject is an alert, it has the
 * united records of the alert.
 */
public final class SubjectAlerts {
  /**
   * Largest number of alerts of one UTC day that are kept for the subject. The day is that of the
   * last record of the alert. If there are more, those with the smallest hashes of their ids are
   * kept.
   */
  private static final int MOST_ALERTS = 64;

  /**
   * Largest number of findings of one UTC day that mention the subject and are kept. The day of a
   * finding is the day of its last event. If there are more findings, those with the smallest
   * hashes of their ids are kept.
   */
  private static final int MOST_MENTIONS = 1_024;

  private static final int MOST_NAMED = 256;
  private static final long DAY_MILLIS = 86_400_000L;

  private final TreeMap<String, AlertOnSubject> alerts = new TreeMap<>();
  private final TreeMap<String, Message.Mentioned> mentions = new TreeMap<>();
  private final TreeMap<NamedOn, long[]> named = new TreeMap<>();
  private final TreeSet<Integer> full = new TreeSet<>();
  private @Nullable AlertCollection collection;
  private final Set<AlertItem> dirty = new LinkedHashSet<>(2);

  /** Principal that signed in under a user name on a UTC day. */
  public record NamedOn(int day, String principal) implements Comparable<NamedOn> {
    @Override
    public int compareTo(NamedOn other) {
      int order = Integer.compare(day, other.day);
      return order == 0 ? principal.compareTo(other.principal) : order;
    }
  }

  /**
   * Kind of an entry that is kept with a subject, such as an alert that names the subject. Each
   * entry has a record of its own in state.
   */
  public enum ItemKind {
    ALERT,
    MENTION,
    NAMED,
    COLLECTION,
    /**
     * Marker of a day of which not all alerts are kept, because too many alerts named the subject.
     */
    FULL
  }

  /**
   * Reference to a subject's entry that was added, changed or removed since state was last written.
   * An example of an entry is an alert that names the subject. The record of the entry has to be
   * written, or deleted if the entry was removed.
   */
  public record AlertItem(ItemKind kind, int day, String id) {}

  /** Returns the alerts that name the subject, by the id of the alert. */
  public Map<String, AlertOnSubject> alerts() {
    return alerts;
  }

  public Map<String, Message.Mentioned> mentions() {
    return mentions;
  }

  public Map<NamedOn, long[]> named() {
    return named;
  }

  public @Nullable AlertCollection collection() {
    return collection;
  }

  /** Returns whether more alerts of a UTC day named the subject than are kept. */
  public boolean hasMoreThanKept(int day) {
    return full.contains(day);
  }

  /**
   * Marks a UTC day on which more alerts named the subject than are kept. The mark was read from a
   * state record.
   */
  public void full(int day) {
    full.add(day);
  }

  public void collection(AlertCollection read) {
    collection = read;
  }

  /**
   * Returns the UTC day of the last record of an alert. The state is read from a few days before an
   * event's day on, so that an alert is found for events near any of its records.
   */
  public static int dayOf(AlertOnSubject alert) {
    return (int) Math.floorDiv(alert.times().get(alert.times().size() - 1), DAY_MILLIS);
  }

  public static int dayOf(Message.Mentioned mention) {
    return (int) Math.floorDiv(mention.endAt(), DAY_MILLIS);
  }

  /**
   * Outcome of storing one alert or one finding at a subject that the alert or finding names. It
   * tells whether something new is stored, and what was dropped because the day has too many.
   *
   * @param isChange if the alert or finding is stored now, and was not stored with the same content
   *     before
   * @param dropped alert or finding that was dropped, or null; it may be the given one or an
   *     earlier form of it
   */
  public record Put<T>(boolean isChange, @Nullable T dropped) {}

  /**
   * Stores an alert that names the subject, in place of an earlier form of the alert. If its day
   * has too many alerts, one of them is dropped, which may be this one.
   */
  public Put<AlertOnSubject> put(AlertOnSubject alert) {
    String id = alert.alert().getId();
    AlertOnSubject before = alerts.put(id, alert);
    if (alert.equals(before)) {
      return new Put<>(false, null);
    }
    boolean isNewOnDay = before == null || dayOf(before) != dayOf(alert);
    if (before != null && isNewOnDay) {
      dirty.add(new AlertItem(ItemKind.ALERT, dayOf(before), id));
    }
    dirty.add(new AlertItem(ItemKind.ALERT, dayOf(alert), id));
    AlertOnSubject dropped =
        isNewOnDay
            ? dropOne(ItemKind.ALERT, alerts, SubjectAlerts::dayOf, dayOf(alert), MOST_ALERTS)
            : null;
    if (dropped != null && full.add(dayOf(alert))) {
      dirty.add(new AlertItem(ItemKind.FULL, dayOf(alert), ""));
    }
    return new Put<>(!alert.equals(dropped), dropped);
  }

  /**
   * Drops and returns one item of a day with too many items, or returns null if the day has at most
   * the allowed number. The dropped item is the one whose id has the largest hash.
   *
   * @param items items of all days, by id
   * @param most allowed number of items of a day
   */
  private <T> @Nullable T dropOne(
      ItemKind kind, Map<String, T> items, ToIntFunction<T> dayOf, int day, int most) {
    if (items.size() <= most) {
      return null;
    }
    List<String> ofDay = new ArrayList<>();
    items.forEach(
        (id, item) -> {
          if (dayOf.applyAsInt(item) == day) {
            ofDay.add(id);
          }
        });
    if (ofDay.size() <= most) {
      return null;
    }
    String last = Collections.max(ofDay, Comparator.comparingLong(Hashes::of));
    dirty.add(new AlertItem(kind, day, last));
    return items.remove(last);
  }

  @Nullable AlertOnSubject remove(String id) {
    AlertOnSubject before = alerts.remove(id);
    if (before != null) {
      dirty.add(new AlertItem(ItemKind.ALERT, dayOf(before), id));
    }
    return before;
  }

  /**
   * Stores the message that a finding mentions the subject, in place of an earlier message about
   * that finding. If too many findings of one day mention the subject, one message is dropped,
   * perhaps this one.
   */
  public Put<Message.Mentioned> put(Message.Mentioned mention) {
    Message.Mentioned before = mentions.put(mention.finding(), mention);
    if (mention.equals(before)) {
      return new Put<>(false, null);
    }
    int day = dayOf(mention);
    boolean isNewOnDay = before == null || dayOf(before) != day;
    if (before != null && isNewOnDay) {
      dirty.add(new AlertItem(ItemKind.MENTION, dayOf(before), mention.finding()));
    }
    AlertItem item = new AlertItem(ItemKind.MENTION, day, mention.finding());
    boolean isItemNew = dirty.add(item);
    Message.Mentioned dropped =
        isNewOnDay
            ? dropOne(ItemKind.MENTION, mentions, SubjectAlerts::dayOf, day, MOST_MENTIONS)
            : null;
    if (!mention.equals(dropped)) {
      return new Put<>(true, dropped);
    }
    if (isItemNew) {
      dirty.remove(item); // it was not stored
    }
    return new Put<>(false, before);
  }

  /**
   * Stores a sign-in of a principal under a user name, and returns whether that changed this state.
   * The user name is the subject of this state. A further principal or day is not stored once 256
   * are kept.
   */
  public boolean put(Message.Named sign) {
    NamedOn key = new NamedOn((int) Math.floorDiv(sign.at(), DAY_MILLIS), sign.principal());
    long[] span = named.get(key);
    if (span == null) {
      if (named.size() >= MOST_NAMED) {
        return false;
      }
      named.put(key, new long[] {sign.at(), sign.at()});
    } else if (sign.at() < span[0]) {
      span[0] = sign.at();
    } else if (sign.at() > span[1]) {
      span[1] = sign.at();
    } else {
      return false;
    }
    dirty.add(new AlertItem(ItemKind.NAMED, key.day(), key.principal()));
    return true;
  }

  /**
   * Returns the collected records of a Defender alert, for a state whose subject is that alert.
   * Records can be added to them. If there are none, an empty collection is created.
   */
  public AlertCollection collecting() {
    AlertCollection known = collection;
    if (known == null) {
      known = new AlertCollection();
      collection = known;
    }
    return known;
  }

  public void collected(int dayBefore) {
    AlertCollection known = collecting();
    if (!known.isEmpty()) {
      int day = dayOf(known.whole());
      if (dayBefore != Integer.MIN_VALUE && dayBefore != day) {
        dirty.add(new AlertItem(ItemKind.COLLECTION, dayBefore, ""));
      }
      dirty.add(new AlertItem(ItemKind.COLLECTION, day, ""));
    }
  }

  /**
   * Deletes the days on which a principal signed in under the user name that is the subject. A
   * state whose subject is no user name has no such days.
   */
  public void removeNamed(String principal) {
    for (NamedOn on : List.copyOf(named.keySet())) {
      if (on.principal().equals(principal)) {
        named.remove(on);
        dirty.add(new AlertItem(ItemKind.NAMED, on.day(), principal));
      }
    }
  }

  /**
   * Removes from this state everything about days before the given day. This means alerts, marks of
   * days with more alerts than are kept, findings that mention the subject, sign-ins under a user
   * name, and the united records of an alert.
   */
  public void evict(int oldest) {
    alerts.values().removeIf(alert -> dayOf(alert) < oldest);
    mentions.values().removeIf(mention -> dayOf(mention) < oldest);
    named.keySet().removeIf(on -> on.day() < oldest);
    full.headSet(oldest).clear();
    AlertCollection known = collection;
    if (known != null && !known.isEmpty() && dayOf(known.whole()) < oldest) {
      collection = null;
    }
  }

  /** Returns the estimated memory that this state takes, in units of 200 bytes. */
  public int weight() {
    int collected = collection == null ? 0 : 20;
    return 3 + collected + 10 * alerts.size() + mentions.size() + named.size() + dirty.size() / 2;
  }

  public Set<AlertItem> dirty() {
    return dirty;
  }
}
