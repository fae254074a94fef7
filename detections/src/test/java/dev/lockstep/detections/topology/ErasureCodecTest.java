package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Vault;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A principal with findings of every rule and halves in every join, erased. */
final class ErasureCodecTest {
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final String AMSTERDAM_HOSTING = "10.3.0.1";
  private static final String PROXY = "10.9.0.1";
  private static final String WHO = "c0ffee00-0000-4000-8000-0000000000aa";
  private static final String UPN = WHO + "@contoso.com";
  private static final String OTHER = "0ddba110-0000-4000-8000-0000000000bb";
  private static final String TOKEN = "6f0e2b9c-0000-4000-8000-0000000000aa";
  private static final String OTHERS_TOKEN = "6f0e2b9c-0000-4000-8000-0000000000bb";
  private static final String NOON = "2026-11-19T12:00:00Z";
  private static final String PSEUDONYM = "erased-0123456789abcdef";

  @TempDir private Path dir;

  private static Erasure erasure(Detection... past) {
    return Erasure.newBuilder()
        .setRequest("r1")
        .setPrincipal(WHO)
        .setNames(List.of(UPN))
        .setPseudonym(PSEUDONYM)
        .setFindings(past.length == 0 ? null : List.of())
        .setPast(List.of(past))
        .build();
  }

  private Route route() {
    Route route = new Route(dir);
    route.send(
        alert("a", NOON).severity(Severity.High).namesAccounts(WHO).namesUpns(UPN),
        alert("b", NOON).severity(Severity.High).namesAddresses(LONDON));
    route.send(watermark("test", "2026-11-19T12:30:00Z"));
    for (int day = 1; day <= 8; day++) {
      for (int minute = 0; minute < 8; minute++) {
        route.send(
            call("2026-11-%02dT09:%02d:00Z".formatted(day, minute))
                .subscription("fabrikam-prod")
                .from("10.12.0.1"));
      }
    }
    route.send(
        signIn(WHO, "2026-11-19T10:00:00Z").id("sign-in-1").from(NEW_YORK).minted(TOKEN),
        signIn(WHO, NOON).id("sign-in-2").from(LONDON),
        call("2026-11-19T10:20:00Z").id("call-1").from(AMSTERDAM_HOSTING).presents(TOKEN, WHO),
        call("2026-11-19T10:30:00Z")
            .id("call-of-both")
            .presents(OTHERS_TOKEN, WHO)
            .subscription("fabrikam-prod")
            .from(AMSTERDAM_HOSTING),
        link("2026-11-19T10:40:00Z", "lonely").presents("lonely-token", WHO),
        call("2026-11-19T10:50:00Z").reference("edge-1").from(PROXY).presents("edge-token", WHO));
    route.send(
        signIn(OTHER, "2026-11-19T10:00:00Z").from(LONDON).minted(OTHERS_TOKEN),
        signIn(OTHER, "2026-11-19T11:00:00Z").from(NEW_YORK),
        signIn(OTHER, NOON).from(LONDON));
    return route;
  }

  private static Map<String, Detection> byId(Route route) {
    Map<String, Detection> findings = new TreeMap<>();
    route.findings().forEach(finding -> findings.put(finding.getId(), finding));
    return findings;
  }

  private static boolean isOwn(Detection finding) {
    return finding.getPartner() == null
        && finding.getPrincipal() != null
        && finding.getPrincipal().getId().equals(WHO);
  }

  private static boolean names(Detection finding) {
    return finding.toString().contains(WHO);
  }

  @Test
  void leavesNothingOfThePrincipal_andNothingElseUntouched() {
    try (Route route = route()) {
      Map<String, Detection> before = byId(route);
      List<Detection> own = before.values().stream().filter(ErasureCodecTest::isOwn).toList();
      List<Detection> beside =
          before.values().stream().filter(one -> names(one) && !isOwn(one)).toList();
      assertThat(own)
          .extracting(Detection::getRule)
          .contains("impossible-travel", "token-replay", "defender-corroboration");
      assertThat(beside)
          .extracting(Detection::getRule)
          .containsExactlyInAnyOrder("partner-ip-drift", "token-replay");
      assertThat(route.holding(WHO))
          .containsExactly(
              Route.FINDINGS, "incidents", Route.HALVES, Route.PRINCIPALS, Route.SUBJECTS);
      int revisions = route.detections().size();

      List<String> keys = route.erase(erasure());

      assertThat(route.holding(WHO)).isEmpty();
      assertThat(route.holding(TOKEN)).isEmpty();
      assertThat(keys)
          .containsAll(own.stream().map(Detection::getId).toList())
          .containsAll(
              ErasureCodec.answers(1).stream().map(answer -> "erased/r1/" + answer).toList())
          .hasSize(own.size() + ErasureCodec.answers(1).size());
      List<Detection> revised = route.detections().subList(revisions, route.detections().size());
      assertThat(revised)
          .extracting(Detection::getId)
          .containsExactlyInAnyOrderElementsOf(beside.stream().map(Detection::getId).toList());
      for (Detection revision : revised) {
        Detection was = Objects.requireNonNull(before.get(revision.getId()));
        assertThat(names(revision)).isFalse();
        assertThat(revision.toString()).contains(PSEUDONYM);
        assertThat(revision.getRevision()).isEqualTo(was.getRevision() + 1);
        assertThat(revision.getSeverity()).isEqualTo(was.getSeverity());
        assertThat(revision.getReason()).isEqualTo(was.getReason());
      }
      assertThat(route.erase(erasure())).as("again").hasSize(ErasureCodec.answers(1).size());
      assertThat(route.detections()).hasSize(revisions + revised.size());
    }
  }

  @Test
  void leavesNothingInTheLessonsOfDays_whoseFactsAreEvicted() {
    Enrichment known =
        Enrichment.none()
            .with(Estate.of(List.of(), List.of(), List.of(), List.of(new Vault("kv", null, true))));
    try (Route route = new Route(dir, RuleNumbers.defaults(), known)) {
      route.send(vaultCall(WHO, "2026-11-01T12:00:00Z"));
      route.send(watermark("test", "2026-11-12T12:00:00Z"));
      route.send(vaultCall(OTHER, "2026-11-12T11:00:00Z"));
      assertThat(route.holding(WHO)).containsExactly(Route.SUBJECTS);

      route.erase(erasure());

      assertThat(route.holding(WHO)).isEmpty();
      assertThat(route.holding(PSEUDONYM)).containsExactly(Route.SUBJECTS);
      assertThat(route.holding(OTHER)).contains(Route.SUBJECTS);
    }
  }

  private static Activity vaultCall(String principal, String time) {
    return event(ActivityKind.VAULT_CALL, "AuditEvent", time)
        .status(200)
        .id("of " + time)
        .from(LONDON)
        .with(
            activity -> {
              activity.setResource("/subscriptions/s/providers/Microsoft.KeyVault/vaults/KV");
              activity.setOperation("SecretGet");
              activity.setPrincipal(new Principal(principal, null, "workload"));
            })
        .build();
  }

  @Test
  void startsAnew_withWhatComesLater() {
    try (Route route = route()) {
      Map<String, Detection> before = byId(route);
      List<String> keys = route.erase(erasure());
      route.send(signIn(WHO, "2026-11-19T14:00:00Z").from(LONDON));
      assertThat(route.erase(erasure()))
          .as("one place alone is no finding")
          .hasSize(ErasureCodec.answers(1).size());
      route.send(
          signIn(WHO, "2026-11-19T14:00:00Z").from(LONDON),
          signIn(WHO, "2026-11-19T15:00:00Z").from(NEW_YORK));
      Detection anew =
          byId(route).values().stream()
              .filter(one -> isOwn(one) && one.getRule().equals("impossible-travel"))
              .findFirst()
              .orElseThrow();
      assertThat(keys).as("the same places on the same day").contains(anew.getId());
      assertThat(anew.getRevision())
          .isEqualTo(Objects.requireNonNull(before.get(anew.getId())).getRevision() + 1);
      assertThat(anew.getStartTime()).isEqualTo(ActivityBuilder.at("2026-11-19T14:00:00Z"));
    }
  }

  @Test
  void answersForWhatTheStateHasEvicted() {
    Detection own;
    Detection beside;
    try (Route route = route()) {
      own = byId(route).values().stream().filter(ErasureCodecTest::isOwn).findFirst().orElseThrow();
      beside =
          byId(route).values().stream()
              .filter(one -> one.getPartner() != null && names(one))
              .findFirst()
              .orElseThrow();
    }
    try (Route empty = new Route(dir)) {
      assertThat(empty.erase(erasure(own, beside))).containsExactly(own.getId());
      assertThat(empty.only().getId()).isEqualTo(beside.getId());
      assertThat(empty.only().getRevision()).isEqualTo(beside.getRevision() + 1);
      assertThat(names(empty.only())).isFalse();
    }
  }

  @Test
  void isNoWord_whereItOnlyBeginsOrEndsLikeTheId() {
    List<Activity> calls = new ArrayList<>();
    for (String user : List.of("ann", "anna", "joann", "ann-marie", "ann@x")) {
      calls.add(signIn(user, "2026-11-19T10:00:00Z").from(LONDON).build());
      calls.add(signIn(user, "2026-11-19T11:00:00Z").from(NEW_YORK).build());
    }
    try (Route route = new Route(dir)) {
      calls.forEach(route::send);
      Map<String, Detection> before = byId(route);
      assertThat(before).hasSize(5);
      List<String> keys =
          route.erase(
              Erasure.newBuilder(erasure()).setPrincipal("ann").setNames(List.of()).build());
      assertThat(keys).hasSize(1 + ErasureCodec.answers(1).size());
      assertThat(byId(route)).isEqualTo(before);
    }
  }

  @Test
  void readsAsALetterWithoutContent_whereTheHeaderSaysNothing() {
    try (Route route = new Route(dir)) {
      assertThat(route.sendForeign(null))
          .singleElement()
          .satisfies(letter -> assertThat(letter.getBody().remaining()).isZero());
    }
  }
}
