package dev.lockstep.detections.kit;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.FindingId;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Engine on which the kit for tests of rules runs a rule in memory. The service loader finds it.
 */
public final class LocalKitEngine implements KitEngine {
  /**
   * Memory limit of the engine, as a number of small subjects with a few facts each. The limit is
   * below the number of subjects that stays in memory in any case, so that tests write and read all
   * other subjects.
   */
  private static final int MOST_OPEN = 2;

  /** Creates the engine for the service loader. */
  public LocalKitEngine() {}

  @Override
  public Run start(Rule rule, Settings settings, Enrichment enrichment) {
    return new LocalRun(rule, settings, enrichment);
  }

  @Override
  public String id(Rule rule, Subject subject, List<String> parts, int day) {
    return FindingId.of(rule.info(), subject, parts, day);
  }

  /** Engine of one rule, with a state of its own. */
  private static final class LocalRun implements Run {
    private final String prefix;
    private final LocalEngine engine;

    LocalRun(Rule rule, Settings settings, Enrichment enrichment) {
      this.prefix = rule.info().id() + "/";
      this.engine =
          new LocalEngine(
              List.of(new ActiveRule(0, rule, settings)),
              enrichment,
              new MemoryRecords(),
              MOST_OPEN);
    }

    @Override
    public void enter(Activity activity) {
      engine.enter(activity);
    }

    @Override
    public void enter(Event event) {
      engine.enter(event);
    }

    @Override
    public void retract(Event event) {
      engine.retract(event);
    }

    @Override
    public void advance(long arrivalAt) {
      engine.advance(arrivalAt);
    }

    @Override
    public void restart() {
      engine.restart();
    }

    @Override
    public List<Detection> findings() {
      return engine.findings();
    }

    @Override
    public Map<String, Integer> suppressed() {
      return ofRule(engine.suppressed());
    }

    @Override
    public Set<String> gatesOfVerdicts() {
      return engine.gatesOfVerdicts();
    }

    @Override
    public Map<String, Integer> counted() {
      return ofRule(engine.counted());
    }

    private Map<String, Integer> ofRule(Map<String, Integer> all) {
      Map<String, Integer> own = new TreeMap<>();
      all.forEach(
          (name, count) -> {
            if (name.startsWith(prefix)) {
              own.put(name.substring(prefix.length()), count);
            }
          });
      return own;
    }
  }
}
