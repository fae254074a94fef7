package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.engine.ActiveRule;
import dev.lockstep.detections.engine.LocalEngine;
import dev.lockstep.detections.engine.MemoryRecords;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.List;
import java.util.Map;

/**
 * One pair rule on the engine, twice: with live state, and with state read from bytes each time.
 */
final class EngineDesk {
  private final LocalEngine live;
  private final LocalEngine fromBytes;
  private final String id;

  private EngineDesk(Rule rule, boolean shadow, int setCap, Map<String, Double> settings) {
    Settings all = Settings.of(rule.info(), true, shadow, setCap, settings);
    List<ActiveRule> rules = List.of(new ActiveRule(0, rule, all));
    this.id = rule.info().id();
    this.live = new LocalEngine(rules, Desk.world(), new MemoryRecords(), 1_000);
    this.fromBytes = new LocalEngine(rules, Desk.world(), new MemoryRecords(), 1);
    fromBytes.mostVerdicts(0);
  }

  static EngineDesk travel() {
    return travel(256, Map.of());
  }

  static EngineDesk travel(int setCap, Map<String, Double> settings) {
    return new EngineDesk(new ImpossibleTravel(), false, setCap, settings);
  }

  static EngineDesk shadow() {
    return new EngineDesk(new ImpossibleTravel(), true, 256, Map.of());
  }

  static EngineDesk token() {
    return token(256, Map.of());
  }

  static EngineDesk token(int setCap, Map<String, Double> settings) {
    return new EngineDesk(new TokenReplay(), false, setCap, settings);
  }

  EngineDesk see(ActivityBuilder... activities) {
    for (ActivityBuilder each : activities) {
      Activity activity = each.build();
      live.enter(activity);
      fromBytes.enter(activity);
      fromBytes.write();
      // Somebody else takes the place of whoever is open.
      fromBytes.enter(
          ActivityBuilder.signIn("somebody", activity.getEventAt())
              .from("10.1.0.77")
              .minted("else")
              .build());
    }
    return this;
  }

  List<Detection> standing() {
    List<Detection> standing = live.findings();
    assertThat(fromBytes.findings()).isEqualTo(standing);
    return standing;
  }

  Detection only() {
    assertThat(standing()).hasSize(1);
    return standing().get(0);
  }

  boolean quiet() {
    return standing().isEmpty();
  }

  int gate(String gate) {
    return live.suppressed().getOrDefault(id + "/" + gate, 0);
  }
}
