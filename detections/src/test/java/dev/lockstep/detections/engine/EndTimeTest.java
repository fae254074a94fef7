package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.detections.probing.GatewayProbing;
import dev.lockstep.detections.spray.PasswordSpray;
import dev.lockstep.detections.vault.VaultOutside;
import dev.lockstep.detections.workload.WorkloadCredentialDrift;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.SignIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Findings begin with their first event and end with their last, to the millisecond and in any
 * order, though a busy minute has many events.
 */
final class EndTimeTest {
  private static final int HISTORIES = 20;
  private static final int ORDERS = 5;
  private static final long MINUTE = 60_000L;
  private static final long DAY = 1_440 * MINUTE;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final String THIEF = "8.8.8.8";
  private static final Enrichment KNOWN = known();

  private final SplittableRandom random = new SplittableRandom(20_261_130);

  private static Enrichment known() {
    try {
      return Enrichment.of(
              Networks.parse("networks.csv", "cidr,class\n192.0.2.0/24,trusted-proxy\n"),
              Partners.none(),
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(
                      new Gateway(
                          "apim",
                          Set.of("api.contoso.com"),
                          Set.of(),
                          Set.of("55555555-aaaa-bbbb-cccc-000000000001"))),
                  List.of(),
                  List.of(),
                  List.of(new Vault("kv", null, true))));
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Activity direct(long at) {
    return call(at)
        .from(THIEF)
        .id("d" + at)
        .with(
            activity -> {
              Request request = new Request();
              request.setHost("api.contoso.com");
              activity.setRequest(request);
            })
        .build();
  }

  private static Activity read(long at, String principal, String from) {
    return event(ActivityKind.VAULT_CALL, "AuditEvent", at)
        .status(200)
        .from(from)
        .id("r" + at)
        .with(
            activity -> {
              activity.setResource("/subscriptions/s/vaults/kv");
              activity.setOperation("SecretGet");
              activity.setPrincipal(new Principal(principal, null, "workload"));
            })
        .build();
  }

  private static Activity ofWorkload(long at, String type) {
    return event(ActivityKind.SIGN_IN, "ServicePrincipalSignInLogs", at)
        .status(0)
        .from(THIEF)
        .id("w" + at)
        .with(
            activity -> {
              activity.setPrincipal(new Principal("w1", "ci", "workload"));
              Credential credential = new Credential();
              credential.setType(type);
              SignIn signIn = SignIn.newBuilder().build();
              signIn.setCredential(credential);
              activity.setSignIn(signIn);
            })
        .build();
  }

  private static Activity attempt(long at, int number) {
    return call(at)
        .from(THIEF)
        .status(number % 2 == 0 ? 401 : 403)
        .id("a" + at + " " + number)
        .with(
            activity -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation("op" + number % 5);
              activity.setApi(api);
            })
        .build();
  }

  private static List<Activity> attempts(List<Long> times) {
    List<Activity> events = new ArrayList<>();
    for (long at : times) {
      for (int i = 0; i < 10; i++) {
        events.add(attempt(at, i));
      }
    }
    return events;
  }

  private static List<Activity> failures(List<Long> times) {
    List<Activity> events = new ArrayList<>();
    for (long at : times) {
      for (int i = 0; i < 10; i++) {
        events.add(signIn("u" + i, at).status(50_126).from(THIEF).id("f" + at + i).build());
      }
    }
    return events;
  }

  /** Times of which several lie in one minute. */
  private List<Long> times(long from) {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      times.add(from + random.nextInt(3) * MINUTE + random.nextInt((int) MINUTE));
    }
    return times;
  }

  /**
   * Asserts that all findings span exactly the events made for random times.
   *
   * @param findings how many findings there are
   * @param before events that teach the rule and belong to no finding
   */
  private void spans(
      Rule rule,
      Map<String, Double> settings,
      int findings,
      List<Activity> before,
      Function<List<Long>, List<Activity>> maker) {
    for (int history = 0; history < HISTORIES; history++) {
      List<Activity> events = maker.apply(times(NOON));
      long first = events.stream().mapToLong(Activity::getEventAt).min().orElseThrow();
      long last = events.stream().mapToLong(Activity::getEventAt).max().orElseThrow();
      List<Activity> all = new ArrayList<>(before);
      all.addAll(events);
      for (int order = 0; order < ORDERS; order++) {
        RuleCheck check = RuleCheck.of(rule).with(KNOWN);
        settings.forEach(check::with);
        KitEngine.Run run = check.run();
        for (Activity event : shuffled(all)) {
          run.enter(event);
          if (random.nextInt(8) == 0) {
            run.findings(); // gives out what it has found so far
          }
          if (random.nextInt(8) == 0) {
            run.restart();
          }
        }
        assertThat(run.findings())
            .hasSize(findings)
            .allSatisfy(
                found -> {
                  assertThat(found.getStartTime()).isEqualTo(first);
                  assertThat(found.getEndTime()).isEqualTo(last);
                });
      }
    }
  }

  private List<Activity> shuffled(List<Activity> events) {
    List<Activity> left = new ArrayList<>(events);
    List<Activity> order = new ArrayList<>();
    while (!left.isEmpty()) {
      order.add(left.remove(random.nextInt(left.size())));
    }
    return order;
  }

  @Test
  void ofGatewayBypass() {
    spans(
        new GatewayBypass(),
        Map.of(),
        1,
        List.of(),
        times -> times.stream().map(EndTimeTest::direct).toList());
  }

  @Test
  void ofVaultOutside_forBothReasons() {
    List<Activity> before = new ArrayList<>();
    for (int day = 3; day < 6; day++) {
      before.add(read(NOON - day * DAY, "app", "10.0.0.4"));
    }
    spans(
        new VaultOutside(),
        Map.of("learningDays", 3.0),
        2,
        before,
        times -> times.stream().map(at -> read(at, "stranger", THIEF)).toList());
  }

  @Test
  void ofWorkloadCredentialDrift() {
    List<Activity> before = new ArrayList<>();
    for (int day = 3; day < 6; day++) {
      before.add(ofWorkload(NOON - day * DAY, "certificate"));
    }
    spans(
        new WorkloadCredentialDrift(),
        Map.of("learningDays", 3.0),
        1,
        before,
        times -> times.stream().map(at -> ofWorkload(at, "clientSecret")).toList());
  }

  @Test
  void ofGatewayProbing() {
    spans(new GatewayProbing(), Map.of(), 1, List.of(), EndTimeTest::attempts);
  }

  @Test
  void ofPasswordSpray() {
    spans(new PasswordSpray(), Map.of(), 1, List.of(), EndTimeTest::failures);
  }

  @Test
  void ofPasswordSprayWithSuccesses() {
    spans(
        new PasswordSpray(),
        Map.of(),
        1,
        List.of(),
        times -> {
          List<Activity> events = failures(times);
          for (long at : times(NOON + 10 * MINUTE)) {
            events.add(signIn("u3", at).from(THIEF).id("s" + at).build());
          }
          return events;
        });
  }

  @Test
  void citesOneEventOfAMinuteOfAttempts_soThatTheCallThatFollowedIsCited() {
    List<Long> times = new ArrayList<>();
    for (int minute = 0; minute < 10; minute++) {
      times.add(NOON + minute * MINUTE);
      times.add(NOON + minute * MINUTE + 30_000);
    }
    List<Activity> events = attempts(times);
    long then = NOON + 11 * MINUTE;
    events.add(call(then).from(THIEF).id("then").build());
    KitEngine.Run run = RuleCheck.of(new GatewayProbing()).with(KNOWN).run();
    events.forEach(run::enter);
    Detection found = run.findings().get(0);
    assertThat(found.getReason()).isEqualTo("then-success");
    assertThat(found.getEvidence()).extracting(Evidence::getTime).hasSize(11).contains(then);
  }
}
