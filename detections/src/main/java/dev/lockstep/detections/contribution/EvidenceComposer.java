package dev.lockstep.detections.contribution;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Composer of the evidence of a finding: the events that it cites, each with what is known of it.
 */
final class EvidenceComposer {
  private static final int MOST_EVIDENCE = 20;
  private static final int MOST_RECORDS = 5;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long MINUTE_MILLIS = 60_000L;

  private final Enrichment enrichment;

  EvidenceComposer(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  /**
   * Returns the evidence of a finding: up to 20 events, of which up to 5 are records of Defender's
   * alerts.
   *
   * @param at location of the subject if it is an address, otherwise null
   */
  List<Evidence> compose(
      ActiveRule rule,
      Subject subject,
      @Nullable Location at,
      List<Fired> fired,
      List<AlertOnSubject> alerts) {
    Map<String, Evidence> events = new LinkedHashMap<>();
    List<EventReference> records = new ArrayList<>();
    alerts.forEach(alert -> records.addAll(alert.records()));
    List<EventReference> shown = records.subList(0, Math.min(MOST_RECORDS, records.size()));
    int most = MOST_EVIDENCE - shown.size();
    for (Fired one : fired) {
      for (int i = 0; i < one.size() && events.size() < most; i++) {
        for (EventReference event : rule.rule().evidence(one, i)) {
          if (events.size() < most) {
            show(
                events,
                evidence(
                    event,
                    one.fact(i),
                    subject,
                    at,
                    rule.settings().setCap(),
                    withoutAbsent(rule.rule().mattered(one, i))));
          }
        }
      }
    }
    List<Evidence> evidence = new ArrayList<>(events.values());
    for (EventReference record : shown) {
      evidence.add(
          evidence(
              record, null, new TreeMap<>(Map.of("observation", "record of the Defender alert"))));
    }
    return evidence;
  }

  private static Map<String, String> withoutAbsent(Map<String, String> mattered) {
    Map<String, String> present = new TreeMap<>(mattered);
    present.values().removeIf(Objects::isNull);
    return present;
  }

  /**
   * Returns the evidence that cites one event of a fact, with the event's network and address as
   * far as the fact tells them. If the fact has no location, but the subject is an address, the
   * evidence has this address.
   *
   * <p>The first event has the location of the fact. If it was retracted and no other event had its
   * address, it is treated like another event. Another event has a location if all events of the
   * fact are known to be at one address. If they are at several addresses in one network, it has
   * this network, and also an address if the fact keeps addresses and only one was in use in the
   * event's minute. If they may be in several networks, or the fact is an aggregate, its location
   * is unknown.
   *
   * @param most number of addresses that a fact keeps at most
   */
  private Evidence evidence(
      EventReference event,
      Fact fact,
      Subject subject,
      @Nullable Location subjectAt,
      int most,
      Map<String, String> mattered) {
    FactKind kind = fact.kind();
    Location first = fact.location();
    if (first == null) {
      return atSubject(event, subjectAt, mattered);
    }
    List<Seen> addresses = fact.addresses();
    boolean isFirstInUse = CountedFacts.hasFirstAddress(first, fact, most);
    boolean isFirst = event.isSameEvent(fact.first());
    Location at = isFirstInUse ? first : locationLeft(fact);
    boolean isKnown =
        isFirst
            ? isFirstInUse || kind.hasAggregate() // an aggregate cites no retracted event
            : !kind.hasAggregate() && at != null && isOfOneAddress(fact, at, subject);
    if (isKnown && at != null) {
      return evidence(event, at, mattered);
    }
    if (kind.hasAggregate() || kind.where() == FactKind.Where.NOWHERE) {
      return evidence(event, null, mattered);
    }
    int minute = (int) (Math.floorMod(event.at(), DAY_MILLIS) / MINUTE_MILLIS);
    List<String> inUse =
        addresses.stream()
            .filter(used -> used.firstMinute() <= minute && minute <= used.lastMinute())
            .map(Seen::text)
            .toList();
    if (at != null && addresses.size() < most && inUse.equals(List.of(at.address().text()))) {
      return evidence(event, at, mattered);
    }
    Evidence evidence = evidence(event, null, mattered);
    evidence.setIp(addresses.size() < most && inUse.size() == 1 ? inUse.get(0) : null);
    evidence.setNetwork(seen(first.network()));
    return evidence;
  }

  /**
   * Returns the location of the only address that a fact still has, or null if it has none or
   * several.
   */
  private @Nullable Location locationLeft(Fact fact) {
    List<Seen> left = fact.addresses();
    Address only = left.size() == 1 ? Address.parse(left.get(0).text()) : null;
    return only == null ? null : enrichment.locate(only, null);
  }

  /**
   * Returns the evidence that cites one event of a fact that keeps no address, place or network. If
   * the subject is an address, the evidence has this address and its network. Place is absent,
   * because the record of the event may give a place of its own, which the fact does not keep.
   */
  private static Evidence atSubject(
      EventReference event, @Nullable Location at, Map<String, String> mattered) {
    Evidence evidence = evidence(event, null, mattered);
    if (at != null) {
      evidence.setIp(at.address().text());
      evidence.setNetwork(seen(at.network()));
    }
    return evidence;
  }

  /** Returns whether all events of a fact are known to be at one address. */
  private static boolean isOfOneAddress(Fact fact, Location at, Subject subject) {
    FactKind kind = fact.kind();
    return kind.keepsAddresses()
        ? fact.addresses().size() == 1
        : kind.where() == FactKind.Where.ADDRESS
            || (subject.kind() == Subject.Kind.ADDRESS && subject.id().equals(at.address().text()));
  }

  /**
   * Adds evidence of an event to a finding's evidence, but only once for each event and address.
   * Evidence with an address replaces evidence of the same event without one. Evidence without an
   * address is added only if there is no evidence of the event yet.
   */
  private static void show(Map<String, Evidence> shown, Evidence evidence) {
    String event = evidence.getCategory() + "\n" + evidence.getEventId() + "\n";
    if (evidence.getIp() != null) {
      shown.remove(event);
      shown.putIfAbsent(event + evidence.getIp(), evidence);
    } else if (shown.keySet().stream().noneMatch(key -> key.startsWith(event))) {
      shown.put(event, evidence);
    }
  }

  static Evidence evidence(
      EventReference event, @Nullable Location at, Map<String, String> mattered) {
    Where where = event.where();
    boolean file = where.getFile() != null;
    Evidence evidence = new Evidence();
    evidence.setSource(where.getSource());
    evidence.setCategory(event.category());
    evidence.setEventId(event.eventId());
    evidence.setHub(where.getHub());
    evidence.setPartition(file ? null : Integer.valueOf(where.getPartition()));
    evidence.setOffset(file ? null : Long.valueOf(where.getPosition()));
    evidence.setFile(where.getFile());
    evidence.setLine(file ? Long.valueOf(where.getPosition()) : null);
    evidence.setIndex(where.getIndex());
    evidence.setTime(event.at());
    if (at != null) {
      Place place = at.place();
      evidence.setIp(at.address().text());
      evidence.setPlace(
          place.known()
              ? new PlaceSeen(
                  place.country(),
                  place.city(),
                  place.latitude(),
                  place.longitude(),
                  place.accuracyKm())
              : null);
      evidence.setNetwork(seen(at.network()));
    }
    evidence.setMattered(mattered);
    return evidence;
  }

  private static NetworkSeen seen(Network network) {
    return new NetworkSeen(
        network.asn(),
        network.organisation(),
        network.prefix(),
        network.country(),
        network.networkClass() == NetworkClass.UNKNOWN ? null : network.networkClass().word());
  }
}
