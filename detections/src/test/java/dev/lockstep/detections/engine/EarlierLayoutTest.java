package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.waf.WafThenSuccess;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** State that an earlier form of {@code waf-then-success} wrote, whose facts had other fields. */
final class EarlierLayoutTest implements SilentEngine {
  private static final String THIEF = "8.8.8.8";
  private static final String SHOP = "shop.contoso.com";
  private static final long NOON = ActivityBuilder.at("2026-06-01T12:00:00Z");
  private static final long MINUTE_MILLIS = 60_000L;
  private static final Enrichment KNOWN = Enrichment.none();

  private final List<Contribution> given = new ArrayList<>();
  private final MemoryRecords records = new MemoryRecords();

  /** Rule with the facts that it had before. */
  private static final class Earlier implements Rule {
    private static final Field BLOCK_HOST = Field.text("host");
    private static final Field BLOCK_MINUTE = Field.minuteOfDay("minute");
    private static final Field BLOCKED = Field.set("requests");
    private static final FactKind BLOCK =
        FactKind.named("blocked", BLOCK_HOST, BLOCK_MINUTE, BLOCKED)
            .runs(any -> Long.MAX_VALUE)
            .declare();
    private static final Field SCORE_HOST = Field.text("host");
    private static final FactKind SCORE = FactKind.named("scored", SCORE_HOST).declare();
    private static final Field CALL_HOST = Field.text("host");
    private static final Field CALL_EXPECTED = Field.text("expected");
    private static final FactKind CALLS =
        FactKind.named("accepted", CALL_HOST, CALL_EXPECTED)
            .minutes()
            .runs(any -> 10 * MINUTE_MILLIS)
            .declare();
    private static final Field KNOWN_HOST = Field.text("host");
    private static final Field KNOWN_MINUTE = Field.minuteOfDay("minute");
    private static final Field KNOWN_EXPECTED = Field.text("expected");
    private static final Field KNOWN_REQUESTS = Field.set("requests");
    private static final FactKind KNOWN_CALLS =
        FactKind.named(
                "accepted-requests", KNOWN_HOST, KNOWN_MINUTE, KNOWN_EXPECTED, KNOWN_REQUESTS)
            .minutes()
            .runs(any -> Long.MAX_VALUE)
            .declare();
    private static final RuleInfo INFO =
        RuleInfo.of("waf-then-success", 1, "Firewall block, then success")
            .about(Subject.Kind.ADDRESS)
            .keeps(BLOCK, SCORE, CALLS, KNOWN_CALLS)
            .reads("GatewayLogs")
            .reasons("waf-then-success")
            .severities(Severity.High)
            .done();

    @Override
    public RuleInfo info() {
      return INFO;
    }

    @Override
    public void observe(Event event, Facts facts) {
      Subject subject = new Subject(Subject.Kind.ADDRESS, THIEF);
      facts.about(subject, CALLS).with(CALL_HOST, SHOP).ofNobody().withoutAddress().state();
      facts
          .about(subject, KNOWN_CALLS)
          .with(KNOWN_HOST, SHOP)
          .with(KNOWN_MINUTE, 719)
          .adding(KNOWN_REQUESTS, "00000 ref\n")
          .ofNobody()
          .withoutAddress()
          .state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {}

    @Override
    public Words tell(Finding finding) {
      throw new AssertionError("nothing fires");
    }
  }

  private Engine engine(Rule rule) {
    return new Engine(active(rule), KNOWN, records, AlertSettings.NONE, this, this, 100);
  }

  private static List<ActiveRule> active(Rule rule) {
    return List.of(new ActiveRule(0, rule, Settings.defaults(rule.info())));
  }

  private void see(Engine engine, Rule rule, ActivityBuilder activity) {
    Event event = new Event(activity.build(), KNOWN, Event.Claims.ABSENT, false, false);
    new EventObserver(active(rule), this)
        .observe(event, visit -> engine.take(new Message.OfVisit(visit)));
  }

  private static ActivityBuilder block(long at) {
    Request request = new Request();
    request.setHost(SHOP);
    request.setAction("Block");
    return event(ActivityKind.EDGE_REQUEST, "FrontDoorWebApplicationFirewallLog", at)
        .with(
            activity -> {
              activity.setSocketAddress(THIEF);
              activity.setRequest(request);
            });
  }

  private static ActivityBuilder accepted(long at) {
    Request request = new Request();
    request.setHost(SHOP);
    return call(at).from(THIEF).with(activity -> activity.setRequest(request));
  }

  @Test
  void isLeftOut_andTheRuleStartsAnew() {
    Rule earlier = new Earlier();
    Engine before = engine(earlier);
    see(before, earlier, accepted(NOON - MINUTE_MILLIS));
    before.close();

    Rule now = new WafThenSuccess();
    Engine after = engine(now);
    see(after, now, block(NOON));
    see(after, now, accepted(NOON + MINUTE_MILLIS));
    after.flush();
    assertThat(given)
        .singleElement()
        .satisfies(one -> assertThat(one.getDetection().getReason()).isEqualTo("waf-then-success"));
  }

  @Override
  public void contribution(Contribution contribution) {
    given.add(contribution);
  }
}
