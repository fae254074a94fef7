package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.edge;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import java.util.List;

/** Calls through the proxy 192.0.2.1, whose client only Front Door's record names. */
public final class CallsBehindFrontDoor {
  /** Time of the call, a minute after noon. */
  public static final long AT = ActivityBuilder.at("2026-11-19T12:01:00Z");

  /** Address of class {@code backend}. */
  private static final String BACKEND = "203.0.113.7";

  private static final String CLIENT = "198.51.100.7";

  private CallsBehindFrontDoor() {}

  /** Returns a call without claims. */
  public static ActivityBuilder throughProxy() {
    return call(AT)
        .id("c1")
        .from("192.0.2.1")
        .with(activity -> activity.setTrackingReference("ref-1"));
  }

  /** Returns Front Door's record of the call. */
  public static Activity namedClient(String client) {
    return edge("2026-11-19T12:01:00Z", "ref-1").forwarded(client, null).build();
  }

  /** Checks in six orders that a rule fires for a client, and not for a backend. */
  public static void assertSuppressedFromBackend(String rule, Enrichment known, Activity signIn) {
    Activity claimed = throughProxy().by("ana").token("t1").build();
    Activity bare = throughProxy().build();
    Activity link = link("2026-11-19T12:01:00Z", "c1").presents("t1", "ana").build();
    for (String client : List.of(BACKEND, CLIENT)) {
      Activity edge = namedClient(client);
      for (List<Activity> order :
          List.of(
              List.of(signIn, claimed, edge),
              List.of(claimed, edge, signIn),
              List.of(signIn, edge, claimed),
              List.of(signIn, bare, link, edge),
              List.of(signIn, bare, edge, link),
              List.of(edge, link, bare, signIn))) {
        LocalRun run = new LocalRun(RuleNumbers.atOnce(), known);
        order.forEach(run::see);
        run.watermark("2026-11-19T16:00:00Z");
        assertThat(run.active(rule))
            .as("%s from %s", order, client)
            .hasSize(client.equals(BACKEND) ? 0 : 1);
      }
    }
  }
}
