package dev.lockstep.detections.waf;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.MinuteFacts;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.ComparableText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code waf-then-success}: an accepted call from an address soon after Front Door's firewall
 * blocked a request from that address. Both go to the same host, and the call comes within ten
 * minutes after the block.
 */
public final class WafThenSuccess implements Rule {
  static final String ID = "waf-then-success";

  static final String CORPORATE = NetworkVerdict.CORPORATE;
  static final String BACKEND = NetworkVerdict.BACKEND;
  static final String NO_ADDRESS = "no-address";
  static final String NO_HOST = "no-host";

  private static final String FIREWALL = "FrontDoorWebApplicationFirewallLog";
  private static final int MINUTES_OF_DAY = 1_440;

  static final long FOLLOWS_MILLIS = 600_000L;

  static final Field BLOCK_HOST = Field.text("host");
  static final Field BLOCK_MINUTE = Field.minuteOfDay("minute");
  static final Field BLOCKED = Field.set("requests");
  static final Field SCORE_HOST = Field.text("host");
  static final Field SCORE_MINUTE = Field.minuteOfDay("minute");
  static final Field SCORED = Field.set("requests");
  static final Field CALL_HOST = Field.text("host");
  static final Field CALL_MINUTE = Field.minuteOfDay("minute");
  static final Field CALL_EXPECTED = Field.text("expected");
  static final Field ACCEPTED = Field.set("requests");

  /**
   * Requests that the firewall blocked, of one address to one host in one minute. The times of the
   * first and the last of them are exact, even if not all fit into the set.
   */
  static final FactKind BLOCK =
      FactKind.named("blocked", BLOCK_HOST, BLOCK_MINUTE, BLOCKED)
          .runs(any -> Long.MAX_VALUE)
          .most(2 * MINUTES_OF_DAY)
          .declare();

  /**
   * Requests that got an anomaly score from firewall rules, of one address to one host in one
   * minute.
   */
  static final FactKind SCORE =
      FactKind.named("scored", SCORE_HOST, SCORE_MINUTE, SCORED).most(2 * MINUTES_OF_DAY).declare();

  /**
   * Accepted calls of one address to one host in one minute. Each has Front Door's id of the
   * request, where the record has one. The firewall's log records have that id too.
   */
  static final FactKind CALLS =
      FactKind.named("accepted", CALL_HOST, CALL_MINUTE, CALL_EXPECTED, ACCEPTED)
          .minutes()
          .runs(any -> Long.MAX_VALUE)
          .most(2 * MINUTES_OF_DAY)
          .declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Firewall block, then success")
          .correlates("policy and network")
          .about(Subject.Kind.ADDRESS)
          .keeps(BLOCK, SCORE, CALLS)
          .reads(FIREWALL, "GatewayLogs")
          .fields(
              "address",
              "socketAddress",
              "forwardedFor",
              "status",
              "resource",
              "trackingReference",
              "request.host",
              "request.action",
              "request.rule",
              "request.policyMode")
          .needs(Need.FIREWALL, Need.NETWORKS)
          .reasons(ID)
          .severities(Severity.High, Severity.Medium)
          .gates(CORPORATE, BACKEND)
          .tactics("InitialAccess", "Reconnaissance")
          .techniques("T1190", "T1595.002")
          .reach(1, 0)
          .judgesOnlyWith(BLOCK)
          .meaning(ID + " 1 with three kinds of facts")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Activity activity = event.activity();
    if (activity.getKind() == ActivityKind.EDGE_REQUEST
        && activity.getCategory().equals(FIREWALL)) {
      observeFirewall(event, facts);
    } else if (event.isAcceptedCall() && !event.isGraphCall()) {
      observeCall(event, facts);
    }
  }

  private static void observeFirewall(Event event, Facts facts) {
    Activity activity = event.activity();
    Request request = activity.getRequest();
    String action = request == null ? "" : ComparableText.of(request.getAction());
    boolean isBlock =
        action.equals("block")
            && request != null
            && !ComparableText.of(request.getPolicyMode()).equals("detection");
    if (request == null || !(isBlock || action.equals("anomalyscoring"))) {
      return;
    }
    Address address = event.address();
    if (address == null) {
      facts.suppressed(NO_ADDRESS);
      return;
    }
    String asked = ComparableText.of(request.getHost());
    if (asked.isEmpty()) {
      facts.suppressed(NO_HOST);
      return;
    }
    if (isBlock) {
      facts.counted("blockedRequests");
    }
    Gateway gateway = event.enrichment().estate().gatewayOf(null, asked);
    String host = gateway == null ? asked : ofGateway(gateway);
    String reference = ComparableText.of(activity.getTrackingReference());
    String member =
        WafRequest.text(
            event.at(),
            reference.isEmpty() ? activity.getEventId() : reference,
            ComparableText.of(request.getRule()));
    Subject subject = new Subject(Subject.Kind.ADDRESS, address.text());
    Facts.Draft draft =
        isBlock
            ? facts
                .about(subject, BLOCK)
                .with(BLOCK_HOST, host)
                .with(BLOCK_MINUTE, MinuteFacts.ofDay(event.at()))
                .adding(BLOCKED, member)
            : facts
                .about(subject, SCORE)
                .with(SCORE_HOST, host)
                .with(SCORE_MINUTE, MinuteFacts.ofDay(event.at()))
                .adding(SCORED, member);
    draft.ofNobody().withoutAddress().state();
  }

  private static void observeCall(Event event, Facts facts) {
    Activity call = event.activity();
    Address address = event.address();
    Request request = call.getRequest();
    String host = request == null ? null : request.getHost();
    if (address == null) {
      return;
    }
    Gateway gateway = event.enrichment().estate().gatewayOf(call.getResource(), host);
    if (gateway != null) {
      observeCall(event, address, ofGateway(gateway), facts);
    }
    if (host != null && !host.isBlank()) {
      // Blocks at a host of a gateway are kept under its name, whichever gateway logged the call.
      Gateway ofHost = event.enrichment().estate().gatewayOf(null, host);
      if (ofHost == null) {
        observeCall(event, address, ComparableText.of(host), facts);
      } else if (ofHost != gateway) {
        observeCall(event, address, ofGateway(ofHost), facts);
      }
    }
  }

  private static void observeCall(Event event, Address address, String host, Facts facts) {
    Subject subject = new Subject(Subject.Kind.ADDRESS, address.text());
    String expected = expected(event, address);
    facts
        .about(subject, CALLS)
        .with(CALL_HOST, host)
        .with(CALL_MINUTE, MinuteFacts.ofDay(event.at()))
        .with(CALL_EXPECTED, expected)
        .adding(
            ACCEPTED,
            WafRequest.text(
                event.at(), ComparableText.of(event.activity().getTrackingReference()), ""))
        .ofNobody()
        .withoutAddress()
        .state();
  }

  private static String ofGateway(Gateway gateway) {
    return "gateway " + gateway.name();
  }

  private static @Nullable String expected(Event event, Address address) {
    return NetworkVerdict.gateOf(event.enrichment().locate(address, null).network().networkClass());
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    BlocksThenCalls found = BlocksThenCalls.of(day);
    found
        .suppressed()
        .forEach((call, gate) -> verdicts.suppressed(gate, () -> gates(gate, false), call));
    if (found.fired().isEmpty()) {
      NearestCall nearest =
          verdicts.isExplained() && found.suppressed().isEmpty() ? NearestCall.of(day) : null;
      if (nearest != null) {
        verdicts.passed(nearest.why(), nearest::gates, nearest.block(), nearest.call());
      }
      return;
    }
    boolean isHigh = found.isHigh();
    Fired fired =
        verdicts.fires(
            ID, isHigh ? Severity.High : Severity.Medium, () -> gates(null, isHigh), found.facts());
    fired.later(
        of -> {
          found.bound(of);
          of.overflows(found.isAnyFull(day.settings().setCap()));
        });
  }

  private static List<GateChecked> gates(@Nullable String deciding, boolean isHigh) {
    return new Gates()
        .decides(CORPORATE, CORPORATE.equals(deciding), Gates.SUPPRESSED)
        .decides(BACKEND, BACKEND.equals(deciding), Gates.SUPPRESSED)
        .decides(ID, true, Gates.FIRES, "manyRules", isHigh)
        .list();
  }

  /**
   * Returns a kept request as text for people: its reference and the firewall rule that it matched.
   * The rule is left out if there is none. If there is no reference, the text says so. The time in
   * front of the kept text is left out.
   */
  @Override
  public String shown(String kept) {
    WafRequest request = WafRequest.of(kept);
    if (request.reference().isEmpty()) {
      return "call without a reference";
    }
    return request.rule().isEmpty()
        ? request.reference()
        : request.reference() + " (" + request.rule() + ")";
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    String address = finding.of().subject().id();
    int earliest = BlocksThenCalls.earliestCall(first);
    String host = BlocksThenCalls.hostOf(first.fact(earliest));
    return Words.of(
            "Firewall blocked %s, then the gateway let it in".formatted(address),
            "Front Door's firewall blocked requests of %s to %s, and within ten minutes the gateway let in calls of the same address, in %s of the day, first at %s.%s"
                .formatted(
                    address,
                    host,
                    Phrases.minutes(finding.counted()),
                    Phrases.time(first.from(earliest)),
                    finding.severity() == Severity.High
                        ? " In the ten minutes before a call at least three requests were blocked,"
                            + " and three or more rules matched them: somebody tried several ways"
                            + " in."
                        : ""))
        .at(address);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    FactKind kind = fired.fact(fact).kind();
    return Map.of("observation", kind == BLOCK ? "blocked requests" : "accepted calls");
  }
}
