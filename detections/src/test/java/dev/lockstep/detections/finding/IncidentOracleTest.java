package dev.lockstep.detections.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.Contributions;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.IncidentMember;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Incidents of random sets of findings in random orders, against their definition. */
final class IncidentOracleTest {
  private static final long SEED = 20_261_129L;
  private static final int HISTORIES = 2_000;
  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;
  private static final long BEGIN = 20_000 * DAY;
  private static final List<Severity> SEVERITIES =
      List.of(Severity.Low, Severity.Medium, Severity.High);

  private static final SingleObject<IncidentMember> MEMBERS =
      new SingleObject<>(IncidentMember.getClassSchema());

  /** A finding as its rule has it last; {@code reason} is withdrawn where it does not stand. */
  private record Stands(
      String id,
      @Nullable String group,
      String rule,
      long startAt,
      long endAt,
      Severity severity,
      boolean shadow,
      boolean withdrawn) {
    Contribution contribution() {
      Contribution contribution =
          Contributions.of(rule, id, withdrawn ? Severity.Informational : severity);
      Detection detection = contribution.getDetection();
      detection.setReason(withdrawn ? DetectionStatus.WITHDRAWN : "odd");
      detection.setDescription("It is odd.");
      detection.setStartTime(startAt);
      detection.setEndTime(endAt);
      detection.setCount(1);
      detection.setShadow(shadow ? true : null);
      contribution.setGroup(group);
      return contribution;
    }

    boolean isMember() {
      return group != null && !shadow && !withdrawn;
    }
  }

  /** Findings and incidents that exchange what they have, now and then much later. */
  private static final class Exchange {
    private final List<IncidentMember> members = new ArrayList<>();
    private final List<Correlation> correlations = new ArrayList<>();
    private final Map<String, Detection> last = new TreeMap<>();
    private final IncidentGroups incidents =
        new IncidentGroups(new MemoryStore<>(), correlations::add);
    private final Findings findings =
        new Findings(
            new MemoryStore<>(),
            0,
            RuleNumbers.defaults().ruleSet().alerts(),
            Exceptions.of(List.of()),
            new DetectionCounters(),
            (revision, at) -> last.put(revision.getId(), Detection.newBuilder(revision).build()),
            members::add);

    /** Passes what waits, in the order of each way: either way may be far behind the other. */
    void pass(Random random, boolean all) {
      while ((all || random.nextInt(3) > 0) && !(members.isEmpty() && correlations.isEmpty())) {
        if (!members.isEmpty() && (correlations.isEmpty() || random.nextBoolean())) {
          incidents.take(copy(members.remove(0)));
        } else {
          findings.take(correlations.remove(0), 0);
        }
      }
    }

    private static IncidentMember copy(IncidentMember member) {
      return MEMBERS.decode(MEMBERS.encode(member));
    }
  }

  @Test
  void isAFunctionOfTheFindingsThatStand() {
    int correlated = 0;
    for (int history = 0; history < HISTORIES; history++) {
      Random random = new Random(SEED + history);
      List<Stands> end = end(random);
      Map<String, String> expected = specified(end);
      Exchange exchange = new Exchange();
      for (Stands each : delivered(end, random)) {
        exchange.findings.take(each.contribution(), 0);
        exchange.pass(random, false);
      }
      exchange.pass(random, true);
      Map<String, String> found = new TreeMap<>();
      exchange.last.forEach(
          (id, detection) -> {
            if (!DetectionStatus.isWithdrawn(detection)) {
              found.put(id, text(detection.getSeverity(), detection.getCorrelationId()));
              assertThat(detection.getReason()).isEqualTo("odd");
            }
          });
      // The id is a hash: which findings share one is what can be told from outside.
      assertThat(named(found)).as("history of seed %d", SEED + history).isEqualTo(expected);
      correlated += (int) expected.values().stream().filter(one -> !one.endsWith("-")).count();
    }
    assertThat(correlated).isGreaterThan(HISTORIES);
  }

  private static String text(Severity severity, @Nullable String correlation) {
    return severity + " " + (correlation == null ? "-" : correlation);
  }

  /** Replaces each correlation id by the smallest finding that has it. */
  private static Map<String, String> named(Map<String, String> found) {
    Map<String, String> first = new HashMap<>();
    Map<String, String> named = new TreeMap<>();
    found.forEach(
        (id, text) -> {
          String[] parts = text.split(" ", 2);
          String name = parts[1].equals("-") ? "-" : first.computeIfAbsent(parts[1], any -> id);
          named.put(id, parts[0] + " " + name);
        });
    return named;
  }

  private static List<Stands> end(Random random) {
    List<Stands> all = new ArrayList<>();
    int count = 1 + random.nextInt(14);
    List<Long> times = new ArrayList<>(List.of(BEGIN));
    for (int i = 0; i < count; i++) {
      long near = times.get(random.nextInt(times.size()));
      long startAt =
          near
              + switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> DAY + random.nextInt(3) - 1;
                case 2 -> 7 * DAY + random.nextInt(3) - 1;
                case 3 -> -random.nextInt((int) DAY);
                default -> random.nextInt((int) (2 * DAY));
              };
      long endAt = startAt + (random.nextInt(3) == 0 ? 0 : random.nextInt((int) DAY));
      times.add(startAt);
      times.add(endAt);
      all.add(stands("f" + i, startAt, endAt, random));
    }
    return all;
  }

  private static Stands stands(String id, long startAt, long endAt, Random random) {
    return new Stands(
        id,
        group(random),
        "rule-" + random.nextInt(5),
        startAt,
        endAt,
        SEVERITIES.get(random.nextInt(3)),
        random.nextInt(12) == 0,
        random.nextInt(10) == 0);
  }

  private static @Nullable String group(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1, 2 -> IncidentGroups.ofAddress("192.0.2.1");
      default -> IncidentGroups.ofPrincipal("alice");
    };
  }

  /** What comes of each finding, the last of it last, all shuffled. */
  private static List<Stands> delivered(List<Stands> end, Random random) {
    List<List<Stands>> ways = new ArrayList<>();
    for (Stands last : end) {
      List<Stands> way = new ArrayList<>();
      for (int before = random.nextInt(4); before > 0; before--) {
        long startAt = last.startAt() + random.nextInt((int) (3 * DAY)) - DAY;
        Stands other = stands(last.id(), startAt, startAt + random.nextInt((int) DAY), random);
        way.add(
            new Stands(
                other.id(),
                other.group(),
                last.rule(),
                other.startAt(),
                other.endAt(),
                other.severity(),
                last.shadow(),
                other.withdrawn()));
      }
      way.add(last);
      ways.add(way);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < ways.size(); i++) {
      order.addAll(Collections.nCopies(ways.get(i).size(), i));
    }
    Collections.shuffle(order, random);
    List<Stands> delivered = new ArrayList<>();
    order.forEach(one -> delivered.add(ways.get(one).remove(0)));
    return delivered;
  }

  /** Severity, and the smallest finding of the incident that has an id, by finding. */
  private static Map<String, String> specified(List<Stands> all) {
    Map<String, String> said = new TreeMap<>();
    all.stream()
        .filter(one -> !one.withdrawn())
        .forEach(one -> said.put(one.id(), text(one.severity(), null)));
    Set<String> groups =
        all.stream().filter(Stands::isMember).map(Stands::group).collect(Collectors.toSet());
    for (String group : groups) {
      List<Stands> members =
          all.stream()
              .filter(one -> one.isMember() && group.equals(one.group()))
              .sorted(
                  (one, other) ->
                      one.startAt() == other.startAt()
                          ? one.id().compareTo(other.id())
                          : Long.compare(one.startAt(), other.startAt()))
              .toList();
      Function<Stands, Stands> opener = one -> opener(one, members);
      Map<Stands, List<Stands>> incidents = members.stream().collect(Collectors.groupingBy(opener));
      for (List<Stands> incident : incidents.values()) {
        Set<String> rules = incident.stream().map(Stands::rule).collect(Collectors.toSet());
        String first = new TreeSet<>(incident.stream().map(Stands::id).toList()).first();
        for (Stands one : incident) {
          boolean raises = rules.size() >= 3 && one.severity() != Severity.High;
          Severity severity =
              raises ? SEVERITIES.get(SEVERITIES.indexOf(one.severity()) + 1) : one.severity();
          said.put(one.id(), text(severity, rules.size() > 1 ? first : null));
        }
      }
    }
    return said;
  }

  /** The finding that opens the incident of a member, found by asking each before it in turn. */
  private static Stands opener(Stands of, List<Stands> members) {
    int place = members.indexOf(of);
    if (place == 0) {
      return of;
    }
    Stands open = opener(members.get(place - 1), members);
    List<Stands> before = members.subList(members.indexOf(open), place);
    boolean isNear = before.stream().anyMatch(one -> of.startAt() - one.endAt() <= DAY);
    return isNear && of.startAt() - open.startAt() <= 7 * DAY ? open : of;
  }
}
