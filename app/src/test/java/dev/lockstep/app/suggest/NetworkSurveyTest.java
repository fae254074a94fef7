package dev.lockstep.app.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkSurveyTest {
  /** A Monday, nine in the morning. */
  private static final Instant MONDAY = Instant.parse("2026-11-02T09:00:00Z");

  private static final String NETWORKS =
      """
      cidr,class,country,asn
      198.18.1.0/24,,DE,64500
      198.18.2.0/24,hosting,NL,64501
      198.18.3.0/24,hosting,US,64502
      198.18.4.0/24,mobile,DE,64503
      198.18.0.0/24,residential,DE,64504
      """;

  @TempDir Path folder;

  private NetworkSurvey survey(String rows) throws IOException, FileProblemException {
    Path file = Files.writeString(folder.resolve("networks.csv"), rows);
    Networks networks = Networks.read(file);
    return new NetworkSurvey(Enrichment.of(networks, Partners.none(), GeoDatabases.none()), 10);
  }

  private static Activity activity(
      ActivityKind kind, String category, String user, String address) {
    Activity activity = new Activity();
    activity.setKind(kind);
    activity.setCategory(category);
    activity.setEventId(user + address);
    activity.setWhere(new Where("files", null, null, -1, 1L, 0));
    activity.setPrincipal(new Principal(user, null, "user"));
    activity.setAddress(address);
    activity.setStatus(kind == ActivityKind.SIGN_IN ? 0 : 200);
    return activity;
  }

  private static Activity signIn(
      boolean interactive, String user, String address, Instant at, @Nullable String device) {
    String category = interactive ? "SignInLogs" : "NonInteractiveUserSignInLogs";
    Activity activity = activity(ActivityKind.SIGN_IN, category, user, address);
    activity.setEventAt(at.toEpochMilli());
    activity.setArrivalAt(at.toEpochMilli());
    if (device != null) {
      activity.setDevice(Device.newBuilder().setId(device).setManaged(true).build());
    }
    return activity;
  }

  private static Activity call(String user, String peer, String client, Instant at) {
    Activity activity = activity(ActivityKind.API_CALL, "GatewayLogs", user, peer);
    Token token = new Token();
    token.setOid(user);
    token.setValidated(true);
    activity.setToken(token);
    activity.setForwardedFor(client);
    activity.setEventAt(at.toEpochMilli());
    activity.setArrivalAt(at.toEpochMilli());
    return activity;
  }

  /** Twelve users at the office for a week, each with a laptop. */
  private static void office(NetworkSurvey survey, String address) {
    for (int day = 0; day < 5; day++) {
      for (int user = 0; user < 12; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day)).plusSeconds(user * 60L);
        survey.add(signIn(true, "user" + user, address, at, "laptop" + user));
        survey.add(signIn(false, "user" + user, address, at.plusSeconds(10), "laptop" + user));
      }
    }
  }

  private static List<String> rows(NetworkSurvey survey) {
    return survey.suggestions().stream()
        .map(row -> row.cidr() + "," + row.networkClass().word())
        .toList();
  }

  @Test
  void suggestsCorporate_whereManyWorkOnManagedDevicesByDay() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    office(survey, "198.18.1.7");
    assertThat(rows(survey)).containsExactly("198.18.1.7,corporate");
    NetworkSuggestion row = survey.suggestions().get(0);
    assertThat(row.numbers())
        .containsEntry("users", 12L)
        .containsEntry("events", 120L)
        .containsEntry("days", 5L)
        .containsEntry("managedShare", 1.0)
        .containsEntry("workHoursShare", 1.0);
    assertThat(row.network()).isEqualTo("AS64500 DE");
  }

  @Test
  void suggestsNothing_forWhatTheFileKnows_norForPhonesAndHomes() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    office(survey, "198.18.4.7");
    office(survey, "198.18.0.7");
    assertThat(rows(survey)).isEmpty();
    NetworkSurvey known = survey("cidr,class,asn\n198.18.1.0/24,,64500\nAS64500,corporate,\n");
    office(known, "198.18.1.7");
    assertThat(rows(known)).isEmpty();
  }

  @Test
  void suggestsNoOffice_whereUsersGetAnotherAddressEachTime() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 5; day++) {
      for (int user = 0; user < 12; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day));
        String address = "198.18.1." + (1 + user + 12 * day);
        survey.add(signIn(true, "user" + user, address, at, "phone" + user));
      }
    }
    assertThat(rows(survey)).isEmpty();
  }

  @Test
  void suggestsNothing_forFewUsers() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 5; day++) {
      for (int user = 0; user < 9; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day));
        survey.add(signIn(true, "user" + user, "198.18.1.7", at, "laptop" + user));
      }
    }
    assertThat(rows(survey)).isEmpty();
  }

  @Test
  void suggestsBackend_whereAHostedServerSignsInForMany() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 3; day++) {
      for (int user = 0; user < 20; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day)).plusSeconds(user);
        survey.add(signIn(false, "user" + user, "198.18.2.9", at, null));
        survey.add(call("user" + user, "198.18.1.9", "", at)); // the same, but nobody hosts it
      }
    }
    assertThat(rows(survey)).containsExactly("198.18.2.9,backend");
  }

  @Test
  void suggestsThePrefix_whereAServerHasManyAddresses() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 3; day++) {
      for (int user = 0; user < 20; user++) {
        for (int host = 1; host <= 6; host++) {
          Instant at = MONDAY.plus(Duration.ofDays(day)).plusSeconds(user);
          survey.add(signIn(false, "user" + user, "198.18.2." + host, at, null));
        }
      }
    }
    assertThat(rows(survey)).containsExactly("198.18.2.0/24,backend");
  }

  @Test
  void suggestsThePrefix_whereItsFewAddressesShareTheUsers() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 5; day++) {
      for (int user = 0; user < 12; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day)).plusSeconds(user);
        String address = "198.18.1." + (1 + user % 2);
        survey.add(signIn(true, "user" + user, address, at, "laptop" + user));
      }
    }
    assertThat(rows(survey)).containsExactly("198.18.1.0/24,corporate");
  }

  @Test
  void suggestsVpn_wherePeopleAreWhoseOtherPlacesAreInOtherCountries() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 5; day++) {
      for (int user = 0; user < 12; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day)).plusSeconds(user);
        survey.add(signIn(true, "user" + user, "198.18.3.5", at, "laptop" + user));
        survey.add(signIn(true, "user" + user, "198.18.0." + (user + 1), at, "laptop" + user));
      }
    }
    assertThat(rows(survey)).containsExactly("198.18.3.5,vpn");
    assertThat(survey.suggestions().get(0).numbers()).containsEntry("elsewhereShare", 1.0);
  }

  @Test
  void suggestsTrustedProxy_whereCallsOfManyClientsComeThroughOneAddress() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int i = 0; i < 60; i++) {
      Instant at = MONDAY.plusSeconds(i);
      survey.add(call("user" + i % 4, "198.18.1.80", "8.8.4." + i % 10, at));
      survey.add(call("user" + i % 4, "198.18.1.81", "8.8.4.4", at)); // one client
      survey.add(call("user0", "198.18.1.82", "8.8.4." + i % 10, at)); // one caller
      survey.add(call("user" + i % 4, "198.18.1.83", "10.0.0." + i % 10, at)); // no clients
    }
    assertThat(rows(survey)).containsExactly("198.18.1.80,trusted-proxy");
    assertThat(survey.suggestions().get(0).numbers())
        .containsEntry("clients", 10L)
        .containsEntry("users", 4L)
        .containsEntry("forwardedShare", 1.0);
  }

  @Test
  void countsTheClients_whichTheRulesWouldJudge_behindAnotherTrustedProxy() throws Exception {
    NetworkSurvey survey = survey(NETWORKS + "198.18.5.0/24,trusted-proxy,,\n");
    for (int i = 0; i < 60; i++) {
      Instant at = MONDAY.plusSeconds(i);
      survey.add(call("user" + i % 4, "198.18.1.80", "8.8.4." + i % 10 + ", 198.18.5.7", at));
      Activity linked = call("user" + i % 4, "198.18.1.81", "198.18.5.7", at);
      linked.setLinkForwardedFor("8.8.4." + i % 10);
      survey.add(linked);
      survey.add(call("user" + i % 4, "198.18.1.82", "198.18.5." + i % 10, at)); // no clients
    }
    assertThat(rows(survey))
        .containsExactly("198.18.1.80,trusted-proxy", "198.18.1.81,trusted-proxy");
    assertThat(survey.suggestions().get(0).numbers()).containsEntry("clients", 10L);
  }

  @Test
  void refusedCallsAndFailedSignIns_countForNothing() throws Exception {
    NetworkSurvey survey = survey(NETWORKS);
    for (int day = 0; day < 5; day++) {
      for (int user = 0; user < 20; user++) {
        Instant at = MONDAY.plus(Duration.ofDays(day));
        Activity failed = signIn(false, "user" + user, "198.18.2.9", at, null);
        failed.setStatus(50126);
        survey.add(failed);
        Activity refused = call("user" + user, "198.18.2.9", "", at);
        refused.setStatus(401);
        survey.add(refused);
      }
    }
    assertThat(rows(survey)).isEmpty();
  }
}
