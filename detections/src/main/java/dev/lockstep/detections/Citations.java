package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Where;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How events are cited: which of two stands for both, and what is shown of it. */
final class Citations {
  /** At most this many events are shown with a finding. */
  static final int MOST_EVIDENCE = 20;

  private static final Comparator<Cited> BY_EVENT =
      Comparator.comparingLong(Cited::getEventAt)
          .thenComparing(Cited::getCategory)
          .thenComparing(Cited::getEventId);
  private static final Comparator<Where> BY_WHERE =
      Comparator.comparing(Where::getSource)
          .thenComparing(where -> orEmpty(where.getHub()))
          .thenComparing(where -> orEmpty(where.getFile()))
          .thenComparingInt(Where::getPartition)
          .thenComparingLong(Where::getPosition)
          .thenComparingInt(Where::getIndex);
  private static final Comparator<Cited> BY_COPY =
      Comparator.comparingLong(Cited::getArrivalAt).thenComparing(Cited::getWhere, BY_WHERE);

  private Citations() {}

  static Cited of(Activity activity) {
    return new Cited(
        activity.getCategory(),
        activity.getEventId(),
        activity.getEventAt(),
        activity.getArrivalAt(),
        activity.getWhere());
  }

  /** Returns the earlier event; of two copies of one, the one that arrived first. */
  static Cited earlier(Cited one, Cited other) {
    int order = BY_EVENT.compare(one, other);
    return order < 0 || (order == 0 && BY_COPY.compare(one, other) <= 0) ? one : other;
  }

  /** Returns the later event; of two copies of one, the one that arrived first. */
  static Cited later(Cited one, Cited other) {
    int order = BY_EVENT.compare(one, other);
    return order > 0 || (order == 0 && BY_COPY.compare(one, other) <= 0) ? one : other;
  }

  /**
   * Returns the event that stands for the last minute of both: of several in one minute the first,
   * since the others of a minute are not sighted.
   */
  static Cited lastMinute(Cited one, Cited other) {
    int order = Long.compare(Days.minute(one.getEventAt()), Days.minute(other.getEventAt()));
    return order == 0 ? earlier(one, other) : order > 0 ? one : other;
  }

  /** Returns the first few events of both, each once. */
  static List<Cited> first(List<Cited> some, List<Cited> others, int most) {
    TreeMap<Cited, Cited> events = new TreeMap<>(BY_EVENT);
    some.forEach(cited -> events.merge(cited, cited, Citations::earlier));
    others.forEach(cited -> events.merge(cited, cited, Citations::earlier));
    return events.values().stream().limit(most).toList();
  }

  static boolean sameEvent(Cited one, Cited other) {
    return BY_EVENT.compare(one, other) == 0;
  }

  static Evidence evidence(Cited cited, @Nullable Spot spot, Map<String, String> mattered) {
    Where where = cited.getWhere();
    boolean file = where.getFile() != null;
    Evidence evidence = new Evidence();
    evidence.setSource(where.getSource());
    evidence.setCategory(cited.getCategory());
    evidence.setEventId(cited.getEventId());
    evidence.setHub(where.getHub());
    evidence.setPartition(file ? null : Integer.valueOf(where.getPartition()));
    evidence.setOffset(file ? null : Long.valueOf(where.getPosition()));
    evidence.setFile(where.getFile());
    evidence.setLine(file ? Long.valueOf(where.getPosition()) : null);
    evidence.setIndex(where.getIndex());
    evidence.setTime(cited.getEventAt());
    if (spot != null) {
      evidence.setIp(spot.getAddress());
      evidence.setPlace(spot.getPlace());
      evidence.setNetwork(
          new NetworkSeen(
              spot.getAsn(),
              spot.getOrganisation(),
              spot.getPrefix(),
              spot.getNetworkCountry(),
              spot.getNetworkClass().equals("unknown") ? null : spot.getNetworkClass()));
    }
    evidence.setMattered(mattered);
    return evidence;
  }

  /**
   * Adds an event to those shown: once, or once for each address that it is said to be from, and
   * without an address only where none is known.
   */
  static void show(Map<String, Evidence> shown, Evidence evidence) {
    String event = evidence.getCategory() + "\n" + evidence.getEventId() + "\n";
    if (evidence.getIp() != null) {
      shown.remove(event);
      shown.putIfAbsent(event + evidence.getIp(), evidence);
    } else if (shown.keySet().stream().noneMatch(key -> key.startsWith(event))) {
      shown.put(event, evidence);
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
