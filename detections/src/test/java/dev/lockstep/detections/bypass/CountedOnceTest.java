package dev.lockstep.detections.bypass;

import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Request;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A call that is observed again with the claims of its identity link is counted once. */
final class CountedOnceTest {
  @Test
  void countsACallOnce_whoseLinkComesAsAMessage() throws FileProblem {
    Enrichment known =
        Enrichment.of(
                Networks.parse("networks.csv", "cidr,class\n192.0.2.0/24,trusted-proxy\n"),
                Partners.none(),
                GeoDatabases.none())
            .with(
                Estate.of(
                    List.of(
                        new Gateway("apim", Set.of("api.contoso.com"), Set.of(), Set.of("door"))),
                    List.of(),
                    List.of(),
                    List.of()));
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), known);
    run.see(
        call("2026-11-19T10:00:00Z")
            .id("c1")
            .from("192.0.2.1")
            .status(401)
            .with(
                activity -> {
                  Request request = new Request();
                  request.setHost("api.contoso.com");
                  activity.setRequest(request);
                })
            .build());
    run.see(link("2026-11-19T10:00:01Z", "c1").presents("t1", "ana"));
    assertThat(run.gate("gateway-bypass", "no-fdid")).isEqualTo(1);
    assertThat(run.gate("gateway-probing", "no-address")).isEqualTo(1);
  }
}
