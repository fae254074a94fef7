package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.message.EventCopies;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.SigmaSetRule;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Routers of a stage whose rules get new fields while it works. */
final class RoutersTest {
  private static final long AT = ActivityBuilder.at("2026-11-19T10:00:00Z");

  private final RunningRules running = new RunningRules(rules(rule("one", 1), rule("other", 1)));
  private final Routers routers =
      new Routers(
          new StageContext(
              new TopologyLayout("lockstep.", 1),
              running,
              JoinableLogs.ALL,
              Enrichment.none(),
              new DetectionCounters()),
          running.now());

  /** Returns a rule that names some fields. */
  private static String rule(String name, int fields) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("title: Rule %s\nname: %s\n".formatted(name, name));
    yaml.append("logsource: {product: azure, service: auditlogs}\ndetection:\n  selection:\n");
    for (int field = 1; field <= fields; field++) {
      yaml.append("    properties.%s%d: \"yes\"\n".formatted(name, field));
    }
    return yaml.append("  condition: selection\n").toString();
  }

  private static RuleSet rules(String... documents) {
    SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
    for (String document : documents) {
      String file = document.substring("title: Rule ".length(), document.indexOf('\n'));
      DocumentReader.Reading reading =
          new DocumentReader(Placeholders.NONE)
              .read(file, document.getBytes(StandardCharsets.UTF_8));
      loader.add(file, file, reading.documents(), reading.faults());
    }
    List<ActiveRule> rules = new ArrayList<>();
    for (SigmaSetRule rule : loader.load().set().rules()) {
      rules.add(new ActiveRule(rules.size(), rule, Settings.defaults(rule.info())));
    }
    return new RuleSet(rules, AlertSettings.NONE, 0);
  }

  private void change(String... documents) {
    RuleSet next = rules(documents);
    running.announce(next);
    routers.use(running.now());
    running.enforce(next, 0);
    routers.use(running.now());
  }

  /** Returns a record in which some fields of each rule were looked for, and found. */
  private static Activity read(int ofOne, int ofOther) {
    ActivityBuilder builder =
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", AT).id("id").by("user");
    for (int field = 1; field <= ofOne; field++) {
      builder.raw("properties.one" + field, "yes");
    }
    for (int field = 1; field <= ofOther; field++) {
      builder.raw("properties.other" + field, "yes");
    }
    return builder.build();
  }

  /** Returns the rules that match a record, with their numbers of fields. */
  private Set<String> matched(Activity activity) {
    Set<String> matched = new TreeSet<>();
    routers
        .of(activity)
        .take(
            activity,
            EventCopies.Relation.NEW,
            message ->
                ((Message.OfVisit) message)
                    .visit()
                    .statements()
                    .forEach(
                        statement -> {
                          var info = running.now().rules().get(statement.rule()).info();
                          matched.add(info.id() + " " + info.rawFields().size());
                        }));
    return matched;
  }

  @Test
  void observesByTheFormerForm_whatWasReadBeforeANewFieldWasLookedFor() {
    change(rule("one", 2), rule("other", 1));

    assertThat(matched(read(1, 1))).containsExactly("one 1", "other 1");
    assertThat(matched(read(2, 1))).containsExactly("one 2", "other 1");
  }

  @Test
  void observesByTheLastFormOfEachRule_whoseFieldsWereLookedFor() {
    change(rule("one", 2), rule("other", 1));
    change(rule("one", 2), rule("other", 2));
    change(rule("one", 3), rule("other", 2));

    assertThat(matched(read(1, 1))).containsExactly("one 1", "other 1");
    assertThat(matched(read(2, 1))).containsExactly("one 2", "other 1");
    assertThat(matched(read(2, 2))).containsExactly("one 2", "other 2");
    assertThat(matched(read(3, 2))).containsExactly("one 3", "other 2");
  }

  @Test
  void observesByNoFormOfARuleThatWasRemoved() {
    change(rule("one", 2));

    assertThat(matched(read(1, 1))).containsExactly("one 1");
  }

  @Test
  void observesByTheRulesInForceAlone_onceFormerOnesJudgeNoMore() {
    change(rule("one", 2), rule("other", 1));
    running.dropRemoved(RunningRules.REMOVAL_GRACE.toNanos());
    routers.use(running.now());

    assertThat(matched(read(1, 1))).containsExactly("other 1");
  }
}
