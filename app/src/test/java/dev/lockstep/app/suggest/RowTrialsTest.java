package dev.lockstep.app.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.replay.SortedCapture;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowTrialsTest {
  private static final Instant MONDAY = Instant.parse("2026-11-02T09:00:00Z");
  private static final String LONDON =
      "\"city\":\"London\",\"countryOrRegion\":\"GB\",\"geoCoordinates\":{\"latitude\":51.5,\"longitude\":-0.1}";
  private static final String LEEDS =
      "\"city\":\"Leeds\",\"countryOrRegion\":\"GB\",\"geoCoordinates\":{\"latitude\":53.8,\"longitude\":-1.5}";
  private static final String MADRID =
      "\"city\":\"Madrid\",\"countryOrRegion\":\"ES\",\"geoCoordinates\":{\"latitude\":40.4,\"longitude\":-3.7}";

  @TempDir Path folder;
  private final List<String> lines = new ArrayList<>();

  private void signIn(int user, Instant at, String address, String place, boolean single) {
    lines.add(
        """
        {"time":"%s","category":"SignInLogs","tenantId":"t","resultType":"0","properties":{"id":"%s",\
        "createdDateTime":"%s","userId":"00000000-0000-0000-0000-%012d","ipAddress":"%s","status":{"errorCode":0},\
        "deviceDetail":{"deviceId":"","isManaged":false},"location":{%s},"isInteractive":true,\
        "authenticationRequirement":"%s"}}\
        """
            .formatted(
                at.plusSeconds(60),
                UUID.nameUUIDFromBytes(
                    (user + " " + at + address).getBytes(StandardCharsets.UTF_8)),
                at,
                user,
                address,
                place,
                single ? "singleFactorAuthentication" : "multiFactorAuthentication"));
  }

  private void sessionSignIn(String address, int asn, String system, int minute) {
    Instant at = MONDAY.plus(Duration.ofMinutes(minute));
    lines.add(
        """
        {"time":"%s","category":"SignInLogs","tenantId":"t","resultType":"0","properties":{"id":"%s",\
        "createdDateTime":"%s","userId":"00000000-0000-0000-0000-000000000001","sessionId":"s1",\
        "ipAddress":"%s","autonomousSystemNumber":%d,"status":{"errorCode":0},\
        "deviceDetail":{"operatingSystem":"%s"},"location":{%s}}}\
        """
            .formatted(
                at.plusSeconds(60),
                UUID.nameUUIDFromBytes(address.getBytes(StandardCharsets.UTF_8)),
                at,
                address,
                asn,
                system,
                LONDON));
  }

  /** A user in two towns within the hour. */
  private void apart(int user, String office, String elsewhere, boolean single) {
    Instant at = MONDAY.plus(Duration.ofMinutes(user));
    signIn(user, at, office, LONDON, false);
    signIn(user, at.plus(Duration.ofMinutes(20)), elsewhere, MADRID, single);
  }

  private void alert(String address, String severity) {
    lines.add(
        """
        {"time":"%s","category":"SecurityAlert","properties":{"SystemAlertId":"a-%s","AlertDisplayName":"Odd",\
        "Severity":"%s","StartTimeUtc":"%s","Entities":[{"Type":"ip","Address":"%s"}]}}\
        """
            .formatted(MONDAY.plusSeconds(60), address, severity, MONDAY, address));
  }

  private RowTrials.Judged judge(String... cidrs) throws Exception {
    return judge(NetworkClass.CORPORATE, cidrs);
  }

  private RowTrials.Judged judge(NetworkClass named, String... cidrs) throws Exception {
    return judge(Config.read(null, Map.of()), named, cidrs);
  }

  private RowTrials.Judged judge(Config config, NetworkClass named, String... cidrs)
      throws Exception {
    Path file = Files.write(folder.resolve("capture.jsonl"), lines);
    Progress silent = Progress.of(true);
    ConfiguredRules settings = config.rules();
    try (SortedCapture capture =
        new SortedCapture(Limits.defaults(), RawFieldPlan.none(), Long.MIN_VALUE, Long.MAX_VALUE)) {
      capture.read(List.of(file.toString()), InputStream.nullInputStream(), silent);
      assertThat(capture.counts().total().rejected()).isZero();
      AlertedAddresses alerts = new AlertedAddresses();
      capture.forEach("reading", silent, alerts::add);
      RowTrials.Judged judged =
          new RowTrials(capture, settings, Enrichment.none(), alerts, silent)
              .judge(
                  List.of(cidrs).stream()
                      .map(cidr -> new NetworkSuggestion(cidr, named, "an office", Map.of(), "GB"))
                      .toList());
      assertThat(lost(capture, judged)).as("High findings that are gone").isEmpty();
      return judged;
    }
  }

  /** Takes what the file says, and returns what is no longer High. */
  private List<Detection> lost(SortedCapture capture, RowTrials.Judged judged) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("suggested.csv"), new SuggestedNetworksText(judged).file());
    Enrichment with = Enrichment.of(Networks.read(file), Partners.none(), GeoDatabases.none());
    Progress silent = Progress.of(true);
    ConfiguredRules settings = Config.read(null, Map.of()).rules();
    List<Detection> before = capture.replay(settings, Enrichment.none(), "without", silent);
    List<Detection> after = capture.replay(settings, with, "with", silent);
    List<NamedNetwork> taken =
        judged.rows().stream()
            .filter(row -> !row.isCommentedOut())
            .map(row -> Objects.requireNonNull(NamedNetwork.parse(row.row().cidr())))
            .toList();
    return RowEffect.between(
            before,
            after,
            event ->
                taken.stream()
                    .anyMatch(range -> range.contains(Address.parse(event.getIp()), null, null)))
        .lostHigh();
  }

  @Test
  void countsWhatARowAdds_whereNothingIsFoundWithoutIt() throws Exception {
    sessionSignIn("20.1.1.4", 64500, "Windows 11", 0);
    sessionSignIn("30.1.1.1", 64501, "Linux", 20);

    RowTrials.Judged judged = judge(NetworkClass.VPN, "20.1.1.0/24");

    RowEffect effect = judged.rows().get(0).effect();
    assertThat(effect.findings()).isZero();
    assertThat(effect.raised()).isEqualTo(1);
    assertThat(judged.together().raised()).isEqualTo(1);
  }

  @Test
  void countsNoFindingsOfCandidates() throws Exception {
    apart(1, "20.1.1.4", "30.1.1.1", false);
    Path config =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            "rules: {impossible-travel@fast: {maxSpeedKmh: 1200}}\n");

    RowTrials.Judged judged =
        judge(Config.read(config, Map.of()), NetworkClass.CORPORATE, "20.1.1.0/24");

    assertThat(judged.together().findings()).isEqualTo(1);
    assertThat(judged.together().suppressed()).hasSize(1);
  }

  @Test
  void keepsARow_whereTheSameTheftStaysHighByAnotherPlace() throws Exception {
    signIn(1, MONDAY, "20.1.1.4", LONDON, false);
    signIn(1, MONDAY.plusSeconds(600), "20.1.9.9", LEEDS, false);
    signIn(1, MONDAY.plusSeconds(1200), "30.1.1.1", MADRID, true);

    RowTrials.Judged judged = judge("20.1.1.0/24");

    RowEffect effect = judged.rows().get(0).effect();
    assertThat(effect.findings()).isEqualTo(2);
    assertThat(effect.coveredHigh()).hasSize(1);
    assertThat(judged.rows().get(0).isCommentedOut()).isFalse();
    assertThat(new SuggestedNetworksText(judged).file())
        .contains(
            "# of these findings, High findings whose events another High finding still shows: 1 (");
    RowTrials.Judged server = judge(NetworkClass.BACKEND, "20.1.1.0/24");
    assertThat(server.rows().get(0).isCommentedOut()).isTrue();
  }

  @Test
  void keepsARow_thatSuppressesNoHigh_andNamesWhatItSuppresses() throws Exception {
    apart(1, "20.1.1.4", "30.1.1.1", false);
    apart(2, "20.1.1.4", "30.1.1.2", false);
    apart(3, "20.1.2.4", "30.1.1.3", false);

    RowTrials.Judged judged = judge("20.1.1.0/24");

    JudgedRow row = judged.rows().get(0);
    assertThat(row.isCommentedOut()).isFalse();
    assertThat(row.effect().findings()).isEqualTo(3);
    assertThat(row.effect().suppressed())
        .hasSize(2)
        .allMatch(finding -> finding.getSeverity() == Severity.Medium);
    String ids = RowTrials.ids(row.effect().suppressed(), 9);
    assertThat(new SuggestedNetworksText(judged).file())
        .isEqualTo(
            """
            cidr,class
            # an office
            # GB;\s
            # suppresses 2 of 3 findings
            # suppresses impossible-travel Medium: 2 (%s)
            20.1.1.0/24,corporate
            # the rows that are not commented out, together:
            # suppresses 2 of 3 findings
            # suppresses impossible-travel Medium: 2 (%s)
            """
                .formatted(ids, ids));
  }

  @Test
  void commentsARowOut_thatSuppressesAHigh() throws Exception {
    apart(1, "20.1.1.4", "30.1.1.1", false);
    apart(2, "20.1.1.4", "30.1.1.2", true);

    RowTrials.Judged judged = judge("20.1.1.0/24");

    assertThat(judged.rows().get(0).reasons())
        .singleElement()
        .asString()
        .startsWith("it would suppress or lower 1 High finding (");
    assertThat(new SuggestedNetworksText(judged).file())
        .contains("# suppresses impossible-travel High: 1 (")
        .contains("\n# 20.1.1.0/24,corporate\n");
    assertThat(judged.together().suppressed()).isEmpty();
  }

  @Test
  void commentsRowsOut_thatSuppressAHighOnlyTogether() throws Exception {
    Instant at = MONDAY;
    signIn(1, at, "20.1.1.4", LONDON, false);
    signIn(1, at.plusSeconds(600), "20.1.2.4", LONDON, false);
    signIn(1, at.plusSeconds(1200), "30.1.1.1", MADRID, true);
    apart(2, "20.1.3.4", "30.1.1.2", false);

    RowTrials.Judged judged = judge("20.1.1.0/24", "20.1.2.0/24", "20.1.3.0/24");

    assertThat(judged.rows()).extracting(row -> row.effect().lostHigh().size()).containsOnly(0);
    assertThat(judged.rows())
        .extracting(JudgedRow::isCommentedOut)
        .containsExactly(true, true, false);
    assertThat(judged.rows().get(0).reasons().get(0))
        .startsWith("with other rows it would suppress 1 High finding (");
    assertThat(judged.together().suppressed()).hasSize(1);
  }

  @Test
  void commentsARowOut_inWhichAnAlertOfMediumOrHigherNamesAnAddress() throws Exception {
    apart(1, "20.1.1.4", "30.1.1.1", false);
    apart(2, "20.1.2.4", "30.1.1.2", false);
    alert("20.1.1.9", "Medium");
    alert("20.1.2.9", "Low");

    RowTrials.Judged judged = judge("20.1.1.0/24", "20.1.2.0/24");

    assertThat(judged.rows().get(0).reasons())
        .containsExactly("alerts of Microsoft Defender name 1 address of this network (20.1.1.9)");
    assertThat(judged.rows().get(1).isCommentedOut()).isFalse();
  }
}
