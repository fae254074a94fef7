package dev.lockstep.app.estate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.Gateway;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HygieneSurveyTest {
  private static final String APP = "11111111-2222-3333-4444-555555555555";
  private static final String DOOR = "55555555-aaaa-bbbb-cccc-000000000001";
  private static final String FOREIGN = "66666666-aaaa-bbbb-cccc-000000000001";
  private static final String HOLDER = "22222222-3333-4444-5555-666666666666";
  private static final String IDLE = "22222222-3333-4444-5555-777777777777";
  private static final String ASSIGN = "Add member to role";

  @TempDir Path folder;

  @Test
  void saysThatOneEventWasLeftOut() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Hygiene found = new Hygiene(List.of(), Map.of(), 0, 0, 1);
    found.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    String said = "1 event was left out of these checks, because memory for them is limited";
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(said);
    assertThat(found.section().note()).contains(said);
  }

  @Test
  void printsDetailsOnlyIfThereAreAny_andFitsTheTerminal() {
    Hygiene.Item gateway =
        new Hygiene.Item(
            Hygiene.Check.PAST_FRONT_DOOR, "shop", "", "13 of 19 calls came directly", Map.of());
    Hygiene.Item key =
        new Hygiene.Item(Hygiene.Check.OLD_KEY, APP, "k2", "used for 90 days", Map.of());
    Map<Hygiene.Check, String> skipped =
        Map.of(Hygiene.Check.NO_POLICY, "no application is listed under estate.apis yet");

    Hygiene without = new Hygiene(List.of(gateway), skipped, 0, 0, 0);
    assertThat(printed(without, 60))
        .containsSubsequence(
            "Check            Subject  Found",
            "past-front-door  shop     13 of 19 calls came directly",
            "past-front-door: make the gateway accept only calls from its")
        .allMatch(line -> line.length() <= 60);
    assertThat(without.section().headings()).containsExactly("Check", "Subject", "Found");
    assertThat(printed(without, 0)).hasSize(5);

    Hygiene with = new Hygiene(List.of(gateway, key), skipped, 0, 0, 0);
    assertThat(printed(with, 100)).first().asString().contains("Detail");
    assertThat(with.section().rows()).allSatisfy(row -> assertThat(row).hasSize(4));
  }

  private static List<String> printed(Hygiene found, int width) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    found.print(new PrintStream(out, true, StandardCharsets.UTF_8), new Terminal(width, false));
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void findsAKeyThatIsOlderThanItsRotation_andNoYoungerOne() {
    Hygiene found =
        found(
            workload("2026-08-01T10:00:00Z", "certificate", "K1"),
            workload("2026-10-30T10:00:00Z", "certificate", "k1 "),
            workload("2026-08-02T10:00:00Z", "certificate", "k2"),
            workload("2026-10-31T10:00:01Z", "certificate", "k2"));
    assertThat(of(found, Hygiene.Check.OLD_KEY)).containsExactly("w/k2");
    assertThat(found.items().get(0).numbers())
        .contains(entry("signIns", 2L), entry("days", 90L))
        .containsEntry("lastAt", ActivityBuilder.at("2026-10-31T10:00:01Z"));
    assertThat(found.json())
        .contains(
            "\"from\":\"2026-08-01T10:00:00.000Z\",\"to\":\"2026-10-31T10:00:01.000Z\"",
            "\"lastAt\":\"2026-10-31T10:00:01.000Z\"");
  }

  @Test
  void saysThatAShortCaptureCannotTellAKeysAge() {
    Hygiene found = found(workload("2026-08-01T10:00:00Z", "certificate", "k1"));
    assertThat(found.items()).isEmpty();
    assertThat(found.skipped())
        .containsEntry(Hygiene.Check.OLD_KEY, "the capture is not longer than 90 days");
  }

  @Test
  void findsWorkloadsOnSecrets_butNotThoseWithSomethingBetter() {
    Hygiene found =
        found(
            workload("2026-08-01T10:00:00Z", "clientSecret", null),
            workload("2026-08-01T10:00:00Z", "certificate", "k").andId("cert"),
            workload("2026-08-01T10:00:00Z", "clientSecret", "k")
                .andId("failed")
                .andStatus(7000215),
            workload("2026-08-01T10:00:00Z", "clientSecret", null)
                .andId("managed")
                .and(one -> one.setCategory("ManagedIdentitySignInLogs")));
    assertThat(of(found, Hygiene.Check.SECRET)).containsExactly("w");
  }

  @Test
  void findsDeclaredRangesThatNobodyCameFrom() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("partners.yaml"),
            """
            partners:
              - {id: fabrikam, subscriptions: [f], cidrs: [198.51.100.0/24, 203.0.113.0/24]}
              - {id: adatum, apps: [%s], cidrs: [192.0.2.0/24]}
            """
                .formatted(APP));
    Hygiene found =
        found(
            partners(file),
            call("1", null).and(of("f", "198.51.100.7")),
            call("2", null).and(one -> one.setAddress("203.0.113.9")), // nobody's
            call("3", null).and(one -> one.setAddress("192.0.2.9")),
            link("3", APP));
    assertThat(of(found, Hygiene.Check.UNSEEN_PARTNER_RANGE))
        .containsExactly("fabrikam/203.0.113.0/24");
  }

  @Test
  void countsAcceptedCallsWithoutClaims_thatNoLinkBrings() {
    Hygiene found =
        found(
            call("1", "u"),
            call("2", null),
            call("3", null),
            link("3", null),
            call("4", null).andStatus(401),
            call("5", "u").and(one -> one.getToken().setValidated(false)));
    assertThat(of(found, Hygiene.Check.NO_IDENTITY_LINK)).containsExactly("apim");
    assertThat(found.items().get(0).numbers())
        .containsOnly(entry("calls", 4L), entry("withoutClaims", 2L));
  }

  @Test
  void writesLargeNumbersWithCommas_inBothPlacesOfASentence() {
    HygieneSurvey survey = new HygieneSurvey(Enrichment.none(), Duration.ofDays(90));
    Activity call = call("1", null).activity;
    for (int i = 0; i < 1_200; i++) {
      survey.add(call);
    }
    assertThat(survey.result().json())
        .contains("1,200 of 1,200 calls that the gateway accepted came without identity claims");
  }

  @Test
  void findsSignInsToListedApplicationsWithoutAPolicy() {
    Hygiene found =
        found(
            signIn("ada", APP, "notApplied"),
            signIn("bo", APP, "success"),
            signIn("cy", APP.replace('1', '9'), "notApplied"));
    assertThat(of(found, Hygiene.Check.NO_POLICY)).containsExactly("orders");
    assertThat(found.items().get(0).numbers())
        .containsOnly(entry("signIns", 2L), entry("notApplied", 1L), entry("users", 1L));
  }

  @Test
  void countsCallsPastFrontDoor() {
    Hygiene found =
        found(
            call("1", "u").and(through("192.0.2.1", DOOR)),
            call("2", "u").and(through("192.0.2.1", "x, " + DOOR)),
            call("3", "u").and(through("192.0.2.1", FOREIGN)),
            call("4", "u").and(through("192.0.2.1", null)),
            call("5", "u").and(through("198.51.100.1", DOOR)),
            call("6", "u").and(through("not an address", null)));
    assertThat(of(found, Hygiene.Check.PAST_FRONT_DOOR)).containsExactly("apim");
    assertThat(found.items().get(0).numbers())
        .containsOnly(
            entry("calls", 5L), entry("direct", 1L), entry("foreign", 1L), entry("peers", 2L));
  }

  @Test
  void findsStandingHoldersWhoNeverUsedTheRole() {
    Hygiene found = found(audit(HOLDER.toUpperCase(Locale.ROOT), ASSIGN), audit(IDLE, "Add user"));
    assertThat(of(found, Hygiene.Check.UNUSED_STANDING_ROLE))
        .containsExactly(IDLE + "/role-assignment");
  }

  @Test
  void saysWhatCouldNotBeChecked_andNothingIsUntidy() {
    Hygiene found = new HygieneSurvey(Enrichment.none(), Duration.ofDays(90)).result();
    assertThat(found.items()).isEmpty();
    assertThat(found.skipped()).containsOnlyKeys(Hygiene.Check.values());
    assertThat(found.json())
        .startsWith("{\"byCheck\":{},\"items\":[],\"notChecked\":{\"old-key\":");
  }

  @Test
  void saysWhichChecksHadNothingToLookAt_andCallsNoRangeUnseen() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("partners.yaml"),
            "partners: [{id: adatum, apps: [%s], cidrs: [192.0.2.0/24]}]".formatted(APP));
    Hygiene found =
        found(
            partners(file),
            audit(HOLDER, ASSIGN),
            audit(IDLE, ASSIGN),
            call("1", null).andStatus(401).and(one -> one.setAddress(null)));
    assertThat(found.items()).isEmpty();
    assertThat(found.skipped())
        .containsOnlyKeys(
            Hygiene.Check.OLD_KEY,
            Hygiene.Check.SECRET,
            Hygiene.Check.UNSEEN_PARTNER_RANGE,
            Hygiene.Check.NO_IDENTITY_LINK,
            Hygiene.Check.NO_POLICY,
            Hygiene.Check.PAST_FRONT_DOOR)
        .containsEntry(Hygiene.Check.UNSEEN_PARTNER_RANGE, "the capture has no call of a partner")
        .containsEntry(
            Hygiene.Check.NO_IDENTITY_LINK, "the capture has no call that a gateway accepted");
  }

  @Test
  void saysNothingOfWhatLeftOutLinksOrOperationsCouldDecide() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("partners.yaml"),
            "partners: [{id: adatum, apps: [%s], cidrs: [192.0.2.0/24]}]".formatted(APP));
    HygieneSurvey survey = new HygieneSurvey(world(partners(file)), Duration.ofDays(90));
    Activity many = link("", null).activity;
    for (int i = 0; i < 200_000; i++) {
      many.setEventId("other " + i);
      survey.add(many);
    }
    Activity other = audit("33333333-3333-4444-5555-666666666666", ASSIGN).activity;
    for (int i = 0; i < 200_000; i++) {
      survey.add(other);
    }
    survey.add(call("1", "u").and(one -> one.getToken().setAppId(APP)).activity);
    survey.add(call("2", null).and(one -> one.setAddress("192.0.2.9")).activity);
    survey.add(link("2", APP).activity);
    survey.add(audit(HOLDER, ASSIGN).activity);
    survey.add(audit(IDLE, ASSIGN).activity);
    Hygiene found = survey.result();
    assertThat(of(found, Hygiene.Check.UNSEEN_PARTNER_RANGE)).isEmpty();
    assertThat(of(found, Hygiene.Check.NO_IDENTITY_LINK)).isEmpty();
    assertThat(of(found, Hygiene.Check.UNUSED_STANDING_ROLE)).isEmpty();
    assertThat(found.leftOut()).isEqualTo(3);
    assertThat(found.skipped())
        .containsEntry(
            Hygiene.Check.UNSEEN_PARTNER_RANGE,
            "the capture has more than 200,000 identity links or calls without claims")
        .containsEntry(
            Hygiene.Check.NO_IDENTITY_LINK, "the capture has more than 200,000 identity links")
        .containsEntry(
            Hygiene.Check.UNUSED_STANDING_ROLE,
            "the capture has more than 200,000 privileged operations or activations of roles");
  }

  @Test
  void theOrderOfTheActivitiesDoesNotMatter() {
    List<Made> made =
        new ArrayList<>(
            List.of(
                workload("2026-07-01T10:00:00Z", "clientSecret", "k"),
                workload("2026-11-01T10:00:00Z", "clientSecret", "k"),
                call("1", null),
                call("2", null),
                link("1", APP),
                signIn("ada", APP, "notApplied"),
                audit(HOLDER, ASSIGN)));
    String expected = found(made.toArray(Made[]::new)).json();
    long seed = 20261128;
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(made, random);
      assertThat(found(made.toArray(Made[]::new)).json()).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static List<String> of(Hygiene found, Hygiene.Check check) {
    return found.items().stream()
        .filter(item -> item.check() == check)
        .map(item -> item.subject() + (item.detail().isEmpty() ? "" : "/" + item.detail()))
        .toList();
  }

  private static Hygiene found(Made... made) {
    return found(Partners.none(), made);
  }

  private static Hygiene found(Partners partners, Made... made) {
    HygieneSurvey survey = new HygieneSurvey(world(partners), Duration.ofDays(90));
    for (Made one : made) {
      survey.add(one.activity);
    }
    return survey.result();
  }

  private static Partners partners(Path file) {
    try {
      return Partners.read(file);
    } catch (FileProblemException e) {
      throw new AssertionError(e);
    }
  }

  private static Enrichment world(Partners partners) {
    try {
      return Enrichment.of(
              Networks.parse("networks.csv", "cidr,class\n192.0.2.1/32,trusted-proxy\n"),
              partners,
              GeoDatabases.none())
          .with(
              Estate.of(
                  List.of(new Gateway("apim", Set.of(), Set.of("/s/apim"), Set.of(DOOR))),
                  List.of(new ProtectedApi("orders", APP, false)),
                  List.of(
                      new PrivilegedOperations(
                          "role-assignment",
                          List.of("Add member to role*"),
                          Set.of(),
                          Set.of(HOLDER, IDLE)),
                      new PrivilegedOperations(
                          "members", List.of("Add member*"), Set.of(), Set.of(HOLDER))),
                  List.of()));
    } catch (FileProblemException e) {
      throw new AssertionError(e);
    }
  }

  /** Activity under construction. */
  private record Made(Activity activity) {
    Made and(Consumer<Activity> change) {
      change.accept(activity);
      return this;
    }

    Made andStatus(int status) {
      return and(one -> one.setStatus(status));
    }

    Made andId(String principal) {
      return and(one -> one.setPrincipal(new Principal(principal, null, "workload")));
    }
  }

  private static Made workload(String time, @Nullable String type, @Nullable String keyId) {
    SignIn details = new SignIn();
    Credential credential = new Credential();
    credential.setType(type);
    credential.setKeyId(keyId);
    details.setCredential(credential);
    return new Made(
        ActivityBuilder.event(ActivityKind.SIGN_IN, "ServicePrincipalSignInLogs", time)
            .status(0)
            .with(one -> one.setPrincipal(new Principal("w", "Nightly export", "workload")))
            .with(one -> one.setSignIn(details))
            .build());
  }

  private static Made call(String id, @Nullable String user) {
    ActivityBuilder call = ActivityBuilder.call("2026-08-01T10:00:00Z").id(id);
    if (user != null) {
      call.by(user);
    }
    return new Made(call.with(one -> one.setResource("/S/APIM")).build());
  }

  private static Consumer<Activity> of(@Nullable String subscription, @Nullable String address) {
    return call -> {
      call.setAddress(address);
      Api api = new Api();
      api.setSubscription(subscription);
      call.setApi(api);
    };
  }

  private static Consumer<Activity> through(@Nullable String peer, @Nullable String frontDoorId) {
    return call -> {
      call.setAddress(peer);
      Request request = new Request();
      request.setFrontDoorId(frontDoorId);
      call.setRequest(request);
    };
  }

  private static Made link(String callId, @Nullable String app) {
    Token token = new Token();
    token.setAppId(app);
    token.setValidated(true);
    return new Made(
        ActivityBuilder.event(ActivityKind.IDENTITY_LINK, "IdentityLink", 0)
            .id(callId)
            .with(one -> one.setToken(token))
            .build());
  }

  private static Made signIn(String user, @Nullable String app, @Nullable String policy) {
    SignIn details = new SignIn();
    details.setResourceId(app);
    details.setConditionalAccess(policy);
    return new Made(
        ActivityBuilder.signIn(user, "2026-08-01T10:00:00Z")
            .with(one -> one.setSignIn(details))
            .build());
  }

  private static Made audit(String user, String operation) {
    Change change = new Change();
    change.setService("Core Directory");
    change.setResult("success");
    change.setTargets(List.of());
    return new Made(
        ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", "2026-08-01T10:00:00Z")
            .with(one -> one.setPrincipal(new Principal(user, null, "user")))
            .with(one -> one.setOperation(operation))
            .with(one -> one.setChange(change))
            .build());
  }
}
