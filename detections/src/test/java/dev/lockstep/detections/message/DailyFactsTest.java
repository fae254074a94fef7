package dev.lockstep.detections.message;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.engine.SilentEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Facts that are stated once for a subject and day: which of them are the same. */
final class DailyFactsTest {
  private static final String DAY = "2026-11-19T";

  private static EventObserver observer(FactKind kind) {
    Rule rule = new Stating(kind);
    return new EventObserver(
        List.of(new ActiveRule(0, rule, Settings.defaults(rule.info()))), new SilentEngine() {});
  }

  private static int stated(EventObserver observer, String user, String time, String address) {
    Event event =
        new Event(
            signIn(user, DAY + time).from(address).build(),
            Enrichment.none(),
            Event.Claims.ABSENT,
            false,
            false);
    int[] stated = new int[1];
    observer.observe(event, visit -> stated[0] += visit.statements().size());
    return stated[0];
  }

  @Test
  void differByPrincipalNetworkAndMinute_whereTheirKindDoes() {
    EventObserver plain = observer(FactKind.named("daily").daily().declare());
    EventObserver byPrincipal = observer(FactKind.named("daily").daily().byPrincipal().declare());
    EventObserver byNetwork = observer(FactKind.named("daily").daily().byNetwork().declare());
    EventObserver addresses = observer(FactKind.named("daily").daily().addresses().declare());
    EventObserver minutes = observer(FactKind.named("daily").daily().minutes().declare());
    for (EventObserver each : List.of(plain, byPrincipal, byNetwork, addresses, minutes)) {
      assertThat(stated(each, "ada", "10:00:00Z", "192.0.2.1")).isEqualTo(1);
      assertThat(stated(each, "ada", "10:00:30Z", "192.0.2.1")).isEqualTo(0);
    }
    assertThat(stated(plain, "ben", "10:05:00Z", "198.51.100.1")).isEqualTo(0);
    assertThat(stated(byPrincipal, "ben", "10:00:00Z", "192.0.2.1")).isEqualTo(1);
    assertThat(stated(byPrincipal, "ada", "10:05:00Z", "198.51.100.1")).isEqualTo(0);
    assertThat(stated(byNetwork, "ada", "10:00:00Z", "198.51.100.1")).isEqualTo(1);
    assertThat(stated(byNetwork, "ben", "10:05:00Z", "192.0.2.1")).isEqualTo(0);
    assertThat(stated(addresses, "ada", "10:00:00Z", "192.0.2.2")).isEqualTo(1);
    assertThat(stated(minutes, "ada", "10:01:00Z", "192.0.2.1")).isEqualTo(1);
  }

  /** Rule that states one fact of each sign-in, about all. */
  private static final class Stating implements Rule {
    private final FactKind kind;
    private final RuleInfo info;

    Stating(FactKind kind) {
      this.kind = kind;
      this.info =
          RuleInfo.of("stating", 1, "Stating")
              .about(Subject.Kind.GROUP)
              .keeps(kind)
              .reads("SignInLogs")
              .reasons("never")
              .severities(Severity.Low)
              .done();
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(new Subject(Subject.Kind.GROUP, "all"), kind).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {}

    @Override
    public Words tell(Finding finding) {
      return Words.of("Never", "Never.");
    }
  }
}
