package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.engine.Engine;
import dev.lockstep.detections.engine.SilentEngine;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Statement;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Contribution;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Findings of Sigma rules about single events. */
final class SigmaRuleTest {
  private static final String DELETED =
      """
      title: Deleted
      level: high
      logsource: {product: azure, service: auditlogs}
      detection:
        selection:
          properties.action: delete
        condition: selection
      """;
  private static final long START = ActivityBuilder.at("2026-11-19T10:00:00Z");

  private static Activity deletion(int number, String address) {
    return ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", START + number * 60_000L)
        .id("id" + number)
        .by("ana")
        .from(address)
        .raw("properties.action", "delete")
        .build();
  }

  @Test
  void namesEachAddress_fromWhichThePrincipalActed() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(DELETED));
    List.of(deletion(0, "8.8.8.8"), deletion(1, "9.9.9.9"), deletion(2, "9.9.9.9"))
        .forEach(engine::enter);

    assertThat(addresses(engine)).contains("8.8.8.8", "9.9.9.9");
    assertThat(engine.findings().get(0).getCount()).isEqualTo(3);
  }

  /** Returns the address of each entity of the only finding, or null for an entity without one. */
  private static List<String> addresses(LocalEngine engine) {
    assertThat(engine.findings()).hasSize(1);
    return engine.findings().get(0).getEntities().stream()
        .map(entity -> entity.get("Address"))
        .toList();
  }

  @Test
  void namesNoAddress_ofARetractedEvent() {
    Event retracted = provisional(deletion(0, "8.8.8.8"));
    Event stays = provisional(deletion(1, "9.9.9.9"));
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(DELETED));
    engine.enter(retracted);
    engine.enter(stays);
    engine.restart();
    engine.retract(retracted);

    assertThat(addresses(engine)).contains("9.9.9.9").doesNotContain("8.8.8.8");
  }

  @Test
  void citesNoAddress_ofARetractedEvent() {
    Event retracted = provisional(deletion(0, "8.8.8.8"));
    for (String left : List.of("9.9.9.9", "")) {
      LocalEngine engine = SigmaRun.engine(SigmaRun.rules(DELETED));
      engine.enter(retracted);
      engine.enter(provisional(deletion(1, left)));
      engine.enter(provisional(deletion(2, left)));
      engine.retract(retracted);

      assertThat(engine.findings())
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.getIp()).isNotEqualTo("8.8.8.8");
                assertThat(finding.getEvidence())
                    .extracting(evidence -> evidence.getIp())
                    .isNotEmpty()
                    .doesNotContain("8.8.8.8");
              });
    }
  }

  @Test
  void namesNoAddress_ofARetractedEventAmongManyOfOneMinute() {
    List<Activity> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Activity one = deletion(0, i == 0 ? "8.8.8.8" : "9.9.9.9");
      one.setEventId("id-" + i);
      many.add(one);
    }
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(DELETED));
    many.forEach(each -> engine.enter(provisional(each)));
    engine.retract(provisional(many.get(0)));

    assertThat(addresses(engine)).contains("9.9.9.9").doesNotContain("8.8.8.8");
  }

  @Test
  void namesNoAddress_ofTwoFormsOfARetractedEvent() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(DELETED));
    List<Event> forms =
        List.of(provisional(deletion(0, "8.8.4.4")), provisional(deletion(0, "8.8.8.8")));
    forms.forEach(engine::enter);
    engine.enter(provisional(deletion(1, "9.9.9.9")));
    forms.forEach(engine::retract);

    assertThat(addresses(engine)).contains("9.9.9.9").doesNotContain("8.8.4.4", "8.8.8.8");
  }

  @Test
  void namesNoAddress_ifTheEventsThatAreLeftHaveNone() {
    Event retracted = provisional(deletion(0, "8.8.8.8"));
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(DELETED));
    engine.enter(retracted);
    engine.enter(provisional(deletion(1, "")));
    engine.restart();
    engine.retract(retracted);

    assertThat(addresses(engine)).containsOnlyNulls();
  }

  /** Each address of what fired has to be in the network that an exception names. */
  @Test
  void isCoveredByAnException_ifAllAddressesThatAreLeftAreInItsNetwork() {
    Event inside = provisional(deletion(1, "9.9.9.9"));
    Event outside = provisional(deletion(2, "8.8.8.8"));
    Event nowhere = provisional(deletion(0, ""));
    Event later = provisional(deletion(3, ""));
    assertThat(isCovered(List.of(inside), List.of())).isTrue();
    assertThat(isCovered(List.of(nowhere), List.of())).isFalse();
    assertThat(isCovered(List.of(inside, outside), List.of())).isFalse();
    for (Event other : List.of(outside, nowhere, later)) {
      boolean isCovered = !other.equals(outside); // one without an address is at no other place
      assertThat(isCovered(List.of(inside, other), List.of())).isEqualTo(isCovered);
      assertThat(isCovered(List.of(other, inside), List.of())).isEqualTo(isCovered);
      assertThat(isCovered(List.of(inside, other), List.of(other))).isTrue();
      assertThat(isCovered(List.of(other, inside), List.of(other))).isTrue();
      assertThat(isCovered(List.of(other, inside), List.of(inside))).isFalse();
    }
  }

  private static boolean isCovered(List<Event> events, List<Event> retracted) {
    List<ActiveRule> rules = SigmaRun.rules(DELETED);
    ExceptionEntry entry =
        new ExceptionEntry(
            "ex",
            "rules",
            null,
            null,
            Objects.requireNonNull(NamedNetwork.parse("9.9.9.0/24")),
            "it is known",
            "soc",
            Long.MAX_VALUE);
    Enrichment enrichment = Enrichment.none().with(Exceptions.of(List.of(entry)));
    List<Contribution> given = new ArrayList<>();
    SilentEngine output =
        new SilentEngine() {
          @Override
          public void contribution(Contribution contribution) {
            given.add(contribution);
          }
        };
    Engine engine =
        new Engine(
            rules, enrichment, new MemoryRecords(), AlertSettings.NONE, output, output, 1_000);
    EventObserver observer = new EventObserver(rules, output);
    events.forEach(
        event -> observer.observe(event, visit -> engine.take(new Message.OfVisit(visit))));
    retracted.forEach(
        event -> observer.retract(event, visit -> engine.take(new Message.OfVisit(visit))));
    engine.flush();
    return !given.get(given.size() - 1).getExceptions().isEmpty();
  }

  private static Event provisional(Activity activity) {
    return new Event(activity, Enrichment.none(), Event.Claims.ABSENT, true, true);
  }

  @Test
  void leavesNothingOfAnEventInMemory_whenTheNextIsObserved() {
    EventObserver observer = new EventObserver(SigmaRun.rules(DELETED), new SilentEngine() {});
    List<WeakReference<List<Statement>>> stated = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      observer.observe(
          new Event(deletion(i, "8.8.8.8"), Enrichment.none(), Event.Claims.ABSENT, false, false),
          visit -> stated.add(new WeakReference<>(visit.statements())));
    }
    System.gc();
    assertThat(stated.size()).isGreaterThanOrEqualTo(3);
    assertThat(stated.get(0).get()).isNull();
  }
}
