package dev.lockstep.detections.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.detections.storage.MemoryStore;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.IncidentMember;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Incidents of the findings of a group. */
final class IncidentGroupsTest {
  private static final long HOUR = 3_600_000L;
  private static final long DAY = 24 * HOUR;
  private static final long BEGIN = 20_000 * DAY;
  private static final String GROUP = IncidentGroups.ofPrincipal("alice");

  private final Map<String, Correlation> correlations = new HashMap<>();
  private final KeyedStore<IncidentGroup> store = new MemoryStore<>();
  private final IncidentGroups incidents =
      new IncidentGroups(store, one -> correlations.put(one.getFinding(), one));

  private void joins(String finding, String rule, long startAt, long endAt) {
    incidents.take(new IncidentMember(finding, GROUP, rule, BEGIN + startAt, BEGIN + endAt, true));
  }

  private void leaves(String finding) {
    incidents.take(new IncidentMember(finding, GROUP, "", BEGIN, BEGIN, false));
  }

  private Correlation of(String finding) {
    return Objects.requireNonNull(correlations.get(finding));
  }

  private List<?> members() {
    return Objects.requireNonNull(store.get(GROUP)).getMembers();
  }

  private @Nullable String id(String finding) {
    return of(finding).getCorrelationId();
  }

  private List<String> rules(String finding) {
    return of(finding).getRules();
  }

  @Test
  void hasNoId_whileOneRuleOnlyFound() {
    joins("a", "one", 0, HOUR);
    joins("b", "one", HOUR, HOUR);
    assertThat(id("a")).isNull();
    assertThat(id("b")).isNull();
  }

  @Test
  void hasOneId_ofTwoRules_andAgreesFromThreeOn_andFallsBack() {
    joins("a", "one", 0, HOUR);
    joins("b", "two", HOUR, HOUR);
    assertThat(id("a")).isNotNull().isEqualTo(id("b"));
    assertThat(rules("a")).isEmpty();
    joins("c", "three", 2 * HOUR, 2 * HOUR);
    assertThat(rules("a")).containsExactly("one", "three", "two").isEqualTo(rules("c"));
    leaves("b");
    assertThat(rules("a")).isEmpty();
    assertThat(id("a")).isEqualTo(id("c"));
    leaves("c");
    assertThat(id("a")).isNull();
  }

  @Test
  void joinsUpTo24HoursAfterTheLatestEnd_toTheMillisecond() {
    joins("a", "one", 0, 10 * HOUR);
    joins("b", "two", HOUR, 2 * HOUR);
    joins("c", "three", 34 * HOUR, 34 * HOUR);
    assertThat(id("c")).isEqualTo(id("a"));
    joins("c", "three", 34 * HOUR + 1, 34 * HOUR + 1);
    assertThat(id("c")).isNull();
    assertThat(id("a")).isEqualTo(id("b")).isNotNull();
  }

  @Test
  void joinsUpTo7DaysAfterTheFirstStart_toTheMillisecond() {
    for (int day = 0; day < 7; day++) {
      joins("d" + day, "one", day * DAY, day * DAY + HOUR);
    }
    joins("e", "two", 7 * DAY, 7 * DAY);
    assertThat(id("e")).isEqualTo(id("d0")).isNotNull();
    joins("e", "two", 7 * DAY + 1, 7 * DAY + 1);
    assertThat(id("e")).isNull();
    assertThat(id("d0")).isNull();
  }

  @Test
  void beginsWithTheSmallerId_atEqualTimes_andChangesItsIdWithItsFirstMember() {
    joins("b", "one", 0, 0);
    joins("c", "two", 0, 0);
    String before = id("b");
    joins("a", "three", 0, 0);
    assertThat(id("b")).isNotEqualTo(before).isEqualTo(id("a")).isEqualTo(id("c"));
    leaves("a");
    assertThat(id("b")).isEqualTo(before);
  }

  @Test
  void isNotTheIncidentOfAnotherGroup() {
    joins("a", "one", 0, 0);
    incidents.take(
        new IncidentMember("b", IncidentGroups.ofAddress("alice"), "two", BEGIN, BEGIN, true));
    assertThat(id("a")).isNull();
    assertThat(id("b")).isNull();
  }

  @Test
  void keepsTheSmallestByHash_ofTooManyOnADay_inAnyOrder() {
    int most = IncidentsOfGroup.MOST_A_DAY;
    for (int i = 0; i < most + 20; i++) {
      joins("f" + i, i % 2 == 0 ? "one" : "two", i, i);
    }
    List<String> over = over();
    assertThat(over).hasSize(20);
    correlations.clear();
    store.delete(GROUP);
    for (int i = most + 19; i >= 0; i--) {
      joins("f" + i, i % 2 == 0 ? "one" : "two", i, i);
    }
    assertThat(over()).isEqualTo(over);
    joins("next", "one", DAY, DAY);
    assertThat(of("next").getOverflow()).isFalse();
  }

  private List<String> over() {
    return correlations.values().stream()
        .filter(Correlation::getOverflow)
        .map(Correlation::getFinding)
        .sorted()
        .toList();
  }

  @Test
  void evictsWholeIncidents_fromTheOldestOn() {
    for (int day = 0; day < 20; day++) {
      joins("d" + day, day % 2 == 0 ? "one" : "two", day * DAY, day * DAY);
    }
    String second = id("d8");
    assertThat(second).isNotEqualTo(id("d7")).isEqualTo(id("d15"));
    incidents.advance(BEGIN + 34 * DAY + 7 * DAY);
    assertThat(members()).hasSize(20);
    incidents.advance(BEGIN + 34 * DAY + 10 * DAY);
    assertThat(members()).as("days 0 to 7 went together").hasSize(12);
    joins("d16", "three", 15 * DAY + HOUR, 16 * DAY);
    assertThat(id("d8")).isEqualTo(second);
    incidents.advance(BEGIN + 100 * DAY);
    assertThat(store.get(GROUP)).isNull();
  }
}
