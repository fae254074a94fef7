package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.incident.IncidentGroups;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A rule whose facts are about a principal other than that of the event. */
final class OtherPrincipalTest implements SilentEngine {
  private static final FactKind TOUCHED = FactKind.named("touched").byNetwork().minutes().declare();

  private final List<Contribution> given = new ArrayList<>();

  /** Rule that states each sign-in as a fact about a principal of the name "victim". */
  private static final class AboutVictim implements Rule {
    @Override
    public RuleInfo info() {
      return RuleInfo.of("about-victim", 1, "About a victim")
          .correlates("identity and policy")
          .about(Subject.Kind.PRINCIPAL)
          .keeps(TOUCHED)
          .reads("SignInLogs")
          .reasons("touched")
          .severities(Severity.Medium)
          .done();
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(new Subject(Subject.Kind.PRINCIPAL, "victim"), TOUCHED).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      for (Fact fact : day.today()) {
        verdicts.fires("touched", Severity.Medium, () -> new Gates().list(), fact);
      }
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Touched", "Touched.");
    }
  }

  @Test
  void hasTheSubjectAsItsPrincipal() {
    Rule rule = new AboutVictim();
    List<ActiveRule> rules =
        List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 8, Map.of())));
    EventObserver observer = new EventObserver(rules, this);
    Engine engine =
        new Engine(
            rules, Enrichment.none(), new MemoryRecords(), AlertSettings.NONE, this, this, 100);
    for (String actor : List.of("mallory", "victim")) {
      Event event =
          new Event(
              signIn(actor, "2026-11-19T10:00:00Z").from("192.0.2.1").build(),
              Enrichment.none(),
              Event.Claims.ABSENT,
              false,
              false);
      observer.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
      engine.flush();
    }
    assertThat(given)
        .extracting(Contribution::getGroup)
        .containsOnly(IncidentGroups.ofPrincipal("victim"));
    assertThat(given)
        .extracting(one -> one.getDetection().getPrincipal())
        .extracting(Principal::getId, Principal::getType)
        .containsOnly(org.assertj.core.groups.Tuple.tuple("victim", "user"));
  }

  @Override
  public void contribution(Contribution contribution) {
    given.add(contribution);
  }
}
