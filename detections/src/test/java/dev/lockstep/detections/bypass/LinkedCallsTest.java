package dev.lockstep.detections.bypass;

import static dev.lockstep.detections.ActivityBuilder.edge;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls that are observed again with what their identity links add. */
final class LinkedCallsTest {
  @Test
  void countOnce() throws FileProblemException {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
    run.see(throughProxy("c1", null).status(401).build());
    run.see(link("2026-11-19T10:00:01Z", "c1").presents("t1", "ana"));
    assertThat(run.gate("gateway-bypass", "no-fdid")).isEqualTo(1);
    assertThat(run.gate("gateway-probing", "no-address")).isEqualTo(1);
  }

  @Test
  void countForTheClientAlone_onceTheLinkNamesIt() throws FileProblemException {
    Activity call = throughProxy("c1", "other-door").build();
    Activity link =
        link("2026-11-19T10:00:01Z", "c1")
            .presents("t1", "ana")
            .forwarded("203.0.113.9", null)
            .build();
    for (boolean linkFirst : new boolean[] {false, true}) {
      LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
      run.see(linkFirst ? link : call);
      run.see(linkFirst ? call : link);
      assertThat(run.active("gateway-bypass"))
          .extracting(Detection::getIp)
          .containsExactly("203.0.113.9");
    }
    LocalRun alone = new LocalRun(RuleNumbers.atOnce(), known());
    alone.see(call);
    assertThat(alone.active("gateway-bypass"))
        .extracting(Detection::getIp)
        .containsExactly("192.0.2.1");
    alone.see(throughProxy("c2", "other-door").build());
    alone.see(link);
    alone.watermark("2026-11-19T13:00:00Z");
    assertThat(alone.active("gateway-bypass"))
        .extracting(Detection::getIp)
        .containsExactlyInAnyOrder("192.0.2.1", "203.0.113.9");
  }

  @Test
  void countForTheClientAlone_howeverOftenTheCallIsDelivered() throws FileProblemException {
    Activity call = throughProxy("c1", "other-door").build();
    Activity again = throughProxy("c1", "other-door").build();
    again.setArrivalAt(call.getArrivalAt() + 480_000L);
    Activity link =
        link("2026-11-19T10:00:01Z", "c1")
            .presents("t1", "ana")
            .forwarded("203.0.113.9", null)
            .build();
    for (List<Activity> order :
        List.of(
            List.of(call, link, again),
            List.of(again, link, call),
            List.of(call, again, link),
            List.of(again, call, link),
            List.of(link, call, again),
            List.of(link, again, call))) {
      LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
      order.forEach(run::see);
      run.watermark("2026-11-19T13:00:00Z");
      assertThat(run.active("gateway-bypass"))
          .extracting(Detection::getIp)
          .containsExactly("203.0.113.9");
    }
  }

  /** Links come after all calls of a busy minute. */
  @Test
  void countForTheClientsAlone_whereManyCallsOfAMinuteWaitForTheirLinks()
      throws FileProblemException {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
    List<Activity> links = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      run.see(throughProxy("c" + i, "other-door").build());
      links.add(
          link("2026-11-19T10:00:01Z", "c" + i)
              .presents("t1", "ana")
              .forwarded("203.0.113.9", null)
              .build());
    }
    assertThat(run.active("gateway-bypass"))
        .extracting(Detection::getIp)
        .containsExactly("192.0.2.1");
    links.forEach(run::see);
    run.watermark("2026-11-19T13:00:00Z");
    assertThat(run.active("gateway-bypass"))
        .extracting(Detection::getIp)
        .containsExactly("203.0.113.9");
  }

  @Test
  void areCountedOnce_howeverOftenTheCallIsDelivered() throws FileProblemException {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
    run.see(throughProxy("c1", "door").build());
    run.see(
        link("2026-11-19T10:00:01Z", "c1")
            .claimsOnly("t1", "ana")
            .forwarded("203.0.113.9", null)
            .build());
    run.see(throughProxy("c1", "door").build());
    assertThat(run.counters().coverage().get("token-replay"))
        .containsEntry("callsWithUnvalidatedToken", 1L);
  }

  @Test
  void countForTheClientAlone_whetherFrontDoorNamesItBeforeTheHourOrAfter()
      throws FileProblemException {
    Activity call = referredCall();
    Activity edge = edgeOfReferredCall();
    for (String hour : List.of("2026-11-19T10:00:00Z", "2026-11-19T12:00:00Z")) {
      LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
      run.see(call);
      run.watermark(hour);
      run.see(edge);
      run.watermark("2026-11-19T14:00:00Z");
      assertThat(run.active("gateway-bypass"))
          .extracting(Detection::getIp)
          .containsExactly("203.0.113.9");
    }
  }

  @Test
  void countForTheClientAlone_whereFrontDoorNamesIt_andTheClaimsComeBesideIt()
      throws FileProblemException {
    Activity edge = edge("2026-11-19T10:00:00Z", "ref-1").forwarded("203.0.113.9", null).build();
    Activity claimed = ofAna(throughProxy("c1", "other-door")).build();
    Activity again = ofAna(throughProxy("c1", "other-door")).build();
    again.setArrivalAt(claimed.getArrivalAt() + 480_000L);
    areOfTheClientAlone(List.of(claimed, edge, again));
    areOfTheClientAlone(List.of(claimed, again, edge));
    areOfTheClientAlone(List.of(edge, claimed, again));
    Activity call =
        throughProxy("c1", "other-door")
            .with(activity -> activity.setTrackingReference("ref-1"))
            .build();
    Activity link = link("2026-11-19T10:00:01Z", "c1").presents("t1", "ana").build();
    areOfTheClientAlone(List.of(call, edge, link));
    areOfTheClientAlone(List.of(call, link, edge));
    areOfTheClientAlone(List.of(edge, call, link));
    areOfTheClientAlone(List.of(edge, link, call));
    areOfTheClientAlone(List.of(link, call, edge));
    areOfTheClientAlone(List.of(link, edge, call));
    areOfTheClientAlone(List.of(call, link, edge, call));
  }

  @Test
  void countStill_whereTheFormWithoutClaimsIsRetractedAfterThatWithClaimsCame()
      throws FileProblemException {
    Rule rule = new GatewayBypass();
    LocalEngine engine =
        new LocalEngine(
            List.of(new ActiveRule(0, rule, Settings.defaults(rule.info()))),
            known(),
            new MemoryRecords(),
            100);
    Activity call = throughProxy("c1", "other-door").build();
    Activity linked = ofAna(throughProxy("c1", "other-door")).build();
    Event first = new Event(call, known(), Event.Claims.PENDING, false, true);
    Event withClaims = new Event(linked, known(), Event.Claims.VALIDATED, true, true);
    engine.enter(first);
    engine.enter(withClaims);
    engine.retract(new Event(call, known(), Event.Claims.ABSENT, true, true));
    engine.advance(call.getArrivalAt());
    assertThat(engine.findings()).hasSize(1);
    engine.retract(withClaims);
    engine.advance(call.getArrivalAt());
    assertThat(engine.findings()).isEmpty();
  }

  @Test
  void countForTheClientAlone_whereFrontDoorNamesItAfterALinkThatCameTooLate()
      throws FileProblemException {
    Activity call = referredCall();
    Activity edge = edgeOfReferredCall();
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
    run.see(call);
    run.watermark("2026-11-19T12:00:00Z");
    run.see(link("2026-11-19T10:00:01Z", "c1").presents("t1", "ana").build());
    run.see(edge);
    run.watermark("2026-11-19T14:00:00Z");
    assertThat(run.active("gateway-bypass"))
        .extracting(Detection::getIp)
        .containsExactly("203.0.113.9");
  }

  private static ActivityBuilder ofAna(ActivityBuilder call) {
    return call.by("ana").token("t1").with(activity -> activity.setTrackingReference("ref-1"));
  }

  private static void areOfTheClientAlone(List<Activity> order) throws FileProblemException {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), known());
    order.forEach(run::see);
    run.watermark("2026-11-19T14:00:00Z");
    assertThat(run.active("gateway-bypass"))
        .extracting(Detection::getIp)
        .containsExactly("203.0.113.9");
  }

  private static ActivityBuilder throughProxy(String id, @Nullable String frontDoor) {
    return call("2026-11-19T10:00:00Z")
        .id(id)
        .from("192.0.2.1")
        .with(
            activity -> {
              Request request = new Request();
              request.setHost("api.contoso.com");
              request.setFrontDoorId(frontDoor);
              activity.setRequest(request);
            });
  }

  private static Enrichment known() throws FileProblemException {
    return Enrichment.of(
            Networks.parse("networks.csv", "cidr,class\n192.0.2.0/24,trusted-proxy\n"),
            Partners.none(),
            GeoDatabases.none())
        .with(
            Estate.of(
                List.of(new Gateway("apim", Set.of("api.contoso.com"), Set.of(), Set.of("door"))),
                List.of(),
                List.of(),
                List.of()));
  }

  private static Activity referredCall() {
    return throughProxy("c1", "other-door")
        .with(activity -> activity.setTrackingReference("ref-1"))
        .build();
  }

  private static Activity edgeOfReferredCall() {
    return edge("2026-11-19T10:00:00Z", "ref-1").forwarded("203.0.113.9", null).build();
  }
}
