package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.vault.VaultOutside;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Principal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Erasure of a principal from what a rule keeps of a vault, while the rule runs and while not. */
final class EngineErasureTest implements SilentEngine {
  private static final Subject VAULT = new Subject(Subject.Kind.RESOURCE, "kv");
  private static final String PSEUDONYM = "erased-1";
  private static final long NOON = ActivityBuilder.at("2026-06-01T12:00:00Z");
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final int LAST_DAY = 20;
  private static final Enrichment KNOWN =
      Enrichment.none()
          .with(Estate.of(List.of(), List.of(), List.of(), List.of(new Vault("kv", null, true))));

  private static final Rule RULE = new VaultOutside();
  private static final List<ActiveRule> RUNNING =
      List.of(new ActiveRule(0, RULE, Settings.defaults(RULE.info())));

  private final List<Contribution> given = new ArrayList<>();
  private final MemoryRecords records = new MemoryRecords();
  private Engine engine = engine(RUNNING);

  private Engine engine(List<ActiveRule> rules) {
    return new Engine(rules, KNOWN, records, AlertSettings.NONE, this, this, 100);
  }

  private void restart(List<ActiveRule> rules) {
    engine.close();
    engine = engine(rules);
  }

  private void call(String principal, long at) {
    Event event =
        new Event(
            ActivityBuilder.event(ActivityKind.VAULT_CALL, "AuditEvent", at)
                .status(200)
                .id(principal + at)
                .with(
                    activity -> {
                      activity.setResource("/subscriptions/s/providers/p/vaults/KV");
                      activity.setOperation("SecretGet");
                      activity.setPrincipal(new Principal(principal, null, "workload"));
                    })
                .build(),
            KNOWN,
            Event.Claims.ABSENT,
            false,
            false);
    new EventObserver(RUNNING, this)
        .observe(event, visit -> engine.take(new Message.OfVisit(visit)));
  }

  /** Has ann call the vault each day, and bob on the first days and, a stranger then, the last. */
  private void learn() {
    for (int day = 0; day <= LAST_DAY; day++) {
      call("ann", NOON + day * DAY_MILLIS);
      if (day < 2) {
        call("bob", NOON + day * DAY_MILLIS);
      }
    }
    pass(NOON + LAST_DAY * DAY_MILLIS);
  }

  private void pass(long at) {
    engine.flush();
    engine.advance(at, at);
    while (engine.sweep(100)) {}
  }

  private List<String> erase(String principal) {
    return engine.eraseIn(
        new ErasedPrincipal(
            new Erasure("r", principal, List.of(), PSEUDONYM, "", null, List.of())));
  }

  private boolean holds(String text) {
    boolean[] found = {false};
    byte[] unused =
        records.walk(
            null,
            Integer.MAX_VALUE,
            (subject, key, value) -> {
              String whole = new String(value, StandardCharsets.ISO_8859_1);
              found[0] |= whole.contains(text);
            });
    return found[0];
  }

  private List<String> traits() {
    return engine.judged(VAULT).lessons().stream().map(JudgedSubject.Lesson::trait).toList();
  }

  @Test
  void leavesNoName_inWhatAStoppedRuleHasLearned_whichItFindsAgain() {
    learn();
    restart(List.of());
    assertThat(holds("bob")).isTrue();
    erase("bob");
    assertThat(holds("bob")).isFalse();
    restart(RUNNING);
    assertThat(traits()).containsExactlyInAnyOrder("principal ann", "principal " + PSEUDONYM);
  }

  @Test
  void leavesNoName_inTheFactsAndFindingsOfAStoppedRule() {
    learn();
    call("eve", NOON + LAST_DAY * DAY_MILLIS);
    engine.flush();
    String finding = given.get(given.size() - 1).getDetection().getId();
    restart(List.of());
    assertThat(holds("eve")).isTrue();
    assertThat(erase("eve")).containsExactly(finding);
    assertThat(holds("eve")).isFalse();
    assertThat(holds("ann")).isTrue();
  }

  @Test
  void evictsWhatAStoppedRuleHasLearned_afterMoreThanAYear() {
    learn();
    restart(List.of());
    pass(NOON + (LAST_DAY + 395) * DAY_MILLIS);
    assertThat(holds("ann")).isTrue();
    pass(NOON + (LAST_DAY + 402) * DAY_MILLIS);
    assertThat(holds("ann")).isFalse();
  }

  @Test
  void bringsNoFindingAboutThePseudonym() {
    learn();
    long last = NOON + LAST_DAY * DAY_MILLIS;
    call("eve", last);
    engine.flush();
    String finding = given.get(given.size() - 1).getDetection().getId();
    given.clear();
    assertThat(erase("eve")).containsExactly(finding);
    call("ann", last + MINUTE_MILLIS);
    engine.flush();
    assertThat(given).isEmpty();
    assertThat(holds("eve")).isFalse();
  }

  @Test
  void unitesFacts_whereASecondErasureHasTheSamePseudonym() {
    call("eve", NOON);
    erase("eve");
    call("eve", NOON + MINUTE_MILLIS);
    erase("eve");
    JudgedDay day = engine.judged(VAULT).days().get(0);
    assertThat(day.facts())
        .singleElement()
        .satisfies(
            fact -> {
              assertThat(fact.firstAt()).isEqualTo(NOON);
              assertThat(fact.lastAt()).isEqualTo(NOON + MINUTE_MILLIS);
              assertThat(fact.minutes().cardinality()).isEqualTo(2);
            });
  }

  @Override
  public void contribution(Contribution contribution) {
    given.add(contribution);
  }
}
