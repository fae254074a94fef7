package dev.lockstep.detections.topology;

import dev.lockstep.detections.join.ActivityRouter;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawPath;
import dev.lockstep.schemas.Activity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Chooser of the router that passes an activity to rules. The router passes it to the rules in
 * force and, if needed, also to earlier definitions of rules that have changed.
 *
 * <p>Ingest keeps of a record only the raw fields that rules name, so a rule that names a new field
 * cannot match a record that was read before. Such a record is observed by the latest earlier
 * definition of the rule whose fields ingest did look for, as long as that definition still judges
 * facts.
 */
final class Routers {
  private static final int MOST_ROUTERS = 16;

  private final StageContext stageContext;
  private final Map<String, List<Integer>> formerCodes = new HashMap<>();
  private final Map<Set<Integer>, ActivityRouter> others = new HashMap<>();
  private List<Replaced> replaced = List.of();
  private RuleSet rules;
  private ActivityRouter inForce;

  /**
   * Present or earlier definition of a rule, with the paths of the raw record fields that it reads.
   */
  private record Form(ActiveRule rule, List<RawPath> paths) {
    Form(ActiveRule rule) {
      this(rule, rule.info().rawFields().stream().map(RawPath::of).toList());
    }

    boolean reads(Event event) {
      return rule.info().categories().contains(event.activity().getCategory());
    }

    boolean hasFields(Event event) {
      return reads(event) && paths.stream().allMatch(path -> event.raw(path).isLookedFor());
    }
  }

  /** Changed rule as it is defined now, with its earlier definitions, the newest first. */
  private record Replaced(Form now, List<Form> former) {}

  Routers(StageContext stageContext, RuleSet rules) {
    this.stageContext = stageContext;
    this.rules = rules;
    this.inForce = router(rules);
  }

  private ActivityRouter router(RuleSet by) {
    return new ActivityRouter(
        by,
        stageContext.joins(),
        stageContext.enrichment(),
        stageContext.counts(),
        stageContext.counts()::located);
  }

  void use(RuleSet next) {
    Map<String, ActiveRule> observing = new HashMap<>();
    Map<Integer, ActiveRule> accepted = new HashMap<>();
    for (ActiveRule rule : next.rules()) {
      if (rule.observes()) {
        observing.put(rule.info().id(), rule);
      } else {
        accepted.put(rule.code(), rule);
      }
    }
    for (ActiveRule rule : rules.rules()) {
      if (rule.observes() && accepted.containsKey(rule.code())) {
        List<Integer> codes =
            formerCodes.computeIfAbsent(rule.info().id(), any -> new ArrayList<>());
        codes.remove(Integer.valueOf(rule.code()));
        codes.add(0, rule.code());
      }
    }
    replaced = new ArrayList<>();
    formerCodes.forEach(
        (id, codes) -> {
          codes.removeIf(code -> !accepted.containsKey(code));
          ActiveRule now = observing.get(id);
          if (now != null && !codes.isEmpty()) {
            replaced.add(
                new Replaced(
                    new Form(now),
                    codes.stream()
                        .map(code -> new Form(Objects.requireNonNull(accepted.get(code))))
                        .toList()));
          }
        });
    formerCodes.values().removeIf(List::isEmpty);
    others.clear();
    rules = next;
    inForce = router(next);
  }

  ActivityRouter inForce() {
    return inForce;
  }

  /**
   * Returns the router that passes an activity to the rules in force and, if needed, to earlier
   * definitions of changed rules. An earlier definition is needed if a changed rule reads fields
   * for which ingest did not look in this activity. It is the newest definition all of whose fields
   * ingest looked for, if there is one.
   */
  ActivityRouter of(Activity activity) {
    if (replaced.isEmpty()) {
      return inForce;
    }
    Event event = inForce.event(activity);
    Set<Integer> former = new HashSet<>();
    for (Replaced each : replaced) {
      if (each.now().reads(event) && !each.now().hasFields(event)) {
        each.former().stream()
            .filter(form -> form.hasFields(event))
            .findFirst()
            .ifPresent(form -> former.add(form.rule().code()));
      }
    }
    if (former.isEmpty()) {
      return inForce;
    }
    if (others.size() >= MOST_ROUTERS) {
      others.clear();
    }
    return others.computeIfAbsent(former, codes -> router(rules.observingToo(codes)));
  }
}
