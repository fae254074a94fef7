package dev.lockstep.detections.bypass;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code gateway-bypass}: a call that reached a gateway behind Front Door without going
 * through the gateway's own Front Door.
 */
public final class GatewayBypass implements Rule {
  static final String ID = "gateway-bypass";

  static final String DIRECT = "direct";
  static final String FOREIGN_FRONT_DOOR = "foreign-front-door";

  static final String PRIVATE = "private";
  static final String CORPORATE = NetworkVerdict.CORPORATE;
  static final String BACKEND = NetworkVerdict.BACKEND;
  static final String NO_CODE = "no-code";
  static final String NO_ADDRESS = "no-address";
  static final String NO_FDID = "no-fdid";

  /** Outcome of an accepted call of a known API. */
  static final String ACCEPTED = "accepted";

  /** Outcome of an accepted call that belongs to no API. */
  static final String NO_API = "no-api";

  /** Outcome of a call that the gateway refused. */
  static final String REFUSED = "refused";

  static final Field GATEWAY = Field.text("gateway");
  static final Field WAY = Field.text("way");
  static final Field OUTCOME = Field.text("outcome");
  static final Field EXPECTED = Field.text("expected");

  /**
   * Kind of fact about the calls that one address made to a gateway past its Front Door, all with
   * the same outcome. A call whose client is unknown counts for its peer until an identity link or
   * Front Door's record names the client.
   */
  static final FactKind CALL =
      FactKind.named("call", GATEWAY, WAY, OUTCOME, EXPECTED).retractable().exactEnd().declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Gateway bypass")
          .correlates("policy and network")
          .about(Subject.Kind.ADDRESS)
          .keeps(CALL)
          .reads("GatewayLogs")
          .fields(
              "resource",
              "address",
              "socketAddress",
              "forwardedFor",
              "status",
              "api.api",
              "request.host",
              "request.frontDoorId")
          .needs(Need.GATEWAYS_BEHIND_FRONT_DOOR, Need.TRUSTED_PROXIES)
          .reasons(DIRECT, FOREIGN_FRONT_DOOR)
          .severities(Severity.High, Severity.Low)
          .gates(PRIVATE, CORPORATE, BACKEND, NO_CODE)
          .tactics("InitialAccess")
          .techniques("T1190")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Enrichment enrichment = event.enrichment();
    if (!event.isCall() || event.isGraphCall() || enrichment.estate().gateways().isEmpty()) {
      return;
    }
    Activity call = event.activity();
    Request request = call.getRequest();
    Gateway gateway =
        enrichment
            .estate()
            .gatewayOf(call.getResource(), request == null ? null : request.getHost());
    if (gateway == null
        || !gateway.isBehindFrontDoor()
        || !enrichment.networks().hasTrustedProxy()) {
      return;
    }
    Address peer = Address.parse(call.getAddress());
    if (peer == null) {
      suppress(event, facts, NO_ADDRESS);
    } else if (!enrichment.trustedProxy(peer)) {
      state(event, facts, gateway, DIRECT, peer);
    } else if (request == null || request.getFrontDoorId() == null) {
      suppress(event, facts, NO_FDID);
    } else if (!gateway.isBehindOneOf(request.getFrontDoorId())) {
      Address client = event.address();
      state(event, facts, gateway, FOREIGN_FRONT_DOOR, client == null ? peer : client);
    } else if (!event.isRevised()) {
      facts.counted("callsThroughFrontDoor");
    }
  }

  private static void suppress(Event event, Facts facts, String gate) {
    if (!event.isRevised()) {
      facts.suppressed(gate);
    }
  }

  private static void state(
      Event event, Facts facts, Gateway gateway, String way, Address address) {
    if (!event.isRevised()) {
      facts.counted("callsPastFrontDoor");
    }
    facts
        .about(new Subject(Subject.Kind.ADDRESS, address.text()), CALL)
        .with(GATEWAY, gateway.name())
        .with(WAY, way)
        .with(OUTCOME, outcome(event))
        .with(EXPECTED, expected(event.enrichment(), address))
        .ofNobody()
        .state();
  }

  private static String outcome(Event event) {
    Api api = event.activity().getApi();
    if (event.isAcceptedCall()) {
      return api == null || api.getApi() == null ? NO_API : ACCEPTED;
    }
    return event.isRefusedCall() ? REFUSED : NO_CODE;
  }

  private static @Nullable String expected(Enrichment enrichment, Address address) {
    return address.isPrivate()
        ? PRIVATE
        : NetworkVerdict.gateOf(enrichment.locate(address, null).network().networkClass());
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    for (Fact call : day.today()) {
      String gate = call.text(EXPECTED);
      String outcome = call.text(OUTCOME);
      if (gate == null && NO_CODE.equals(outcome)) {
        gate = NO_CODE;
      }
      if (gate != null) {
        verdicts.suppressed(gate, () -> gates(call), call);
      } else {
        verdicts
            .fires(
                Objects.requireNonNull(call.text(WAY)),
                ACCEPTED.equals(outcome) ? Severity.High : Severity.Low,
                () -> gates(call),
                call)
            .in(Objects.requireNonNull(call.text(GATEWAY)));
      }
    }
  }

  private static List<GateChecked> gates(Fact call) {
    String expected = call.text(EXPECTED);
    String gateway = Objects.requireNonNull(call.text(GATEWAY));
    Gates gates = new Gates();
    for (String gate : List.of(PRIVATE, CORPORATE, BACKEND)) {
      gates.decides(gate, gate.equals(expected), Gates.SUPPRESSED, "gateway", gateway);
    }
    gates.decides(NO_CODE, NO_CODE.equals(call.text(OUTCOME)), Gates.SUPPRESSED);
    return gates
        .decides(
            Objects.requireNonNull(call.text(WAY)),
            true,
            Gates.FIRES,
            "gateway",
            gateway,
            "outcome",
            Objects.requireNonNull(call.text(OUTCOME)))
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact call = first.fact(0);
    String gateway = call.text(GATEWAY);
    String address = finding.of().subject().id();
    String how =
        DIRECT.equals(first.reason())
            ? "connected to it directly, not through Front Door"
            : "came through a Front Door profile that is not one of the gateway's own";
    Set<String> outcomes = new TreeSet<>();
    for (Fired fired : finding.fired()) {
      outcomes.add(Objects.requireNonNull(fired.fact(0).text(OUTCOME)));
    }
    String calls = outcomes.size() == 1 ? "the calls" : "some of the calls";
    String then =
        outcomes.contains(ACCEPTED)
            ? "The gateway let %s in, so neither the firewall nor the rules of its own Front Door applied to them."
                .formatted(calls)
            : outcomes.contains(NO_API)
                ? "%s belong to no API: somebody scans the gateway."
                    .formatted(outcomes.size() == 1 ? "The calls" : "Some of the calls")
                : "The gateway refused the calls.";
    return Words.of(
            "Gateway %s called past its Front Door".formatted(gateway),
            "Address %s called the gateway %s and %s, in %s of the day, first at %s. %s"
                .formatted(
                    address,
                    gateway,
                    how,
                    Phrases.minutes(finding.counted()),
                    Phrases.time(finding.firstAt()),
                    then))
        .at(address);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact call = fired.fact(fact);
    return Map.of(
        "way", Objects.requireNonNull(call.text(WAY)),
        "outcome", Objects.requireNonNull(call.text(OUTCOME)));
  }
}
