package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Breaks configuration and files in one thing after the other: each time the doctor names it. */
final class DoctorOnFilesIT extends Examination {
  @Test
  void namesEveryKeyThatCannotBeUsed_atOnce_andLooksAtTheRest() throws Exception {
    write(
        "lockstep.yaml",
        """
        geoipp: {city: city.mmdb}
        kafka: {partitions: many}
        rules: {impossible-travel: {maxHours: 99}}
        metrics: {port: 0}
        """);
    List<CheckReport.Line> lines = look();
    assertThat(says(lines, CheckReport.Verdict.FAIL, "config"))
        .hasSize(3)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("lockstep.yaml:1: unknown key \"geoipp\"")
                    .endsWith("; the nearest known one is \"geoip\""))
        .anySatisfy(line -> assertThat(line).contains("yaml:2: kafka.partitions \"many\""))
        .anySatisfy(line -> assertThat(line).contains("maxHours \"99\" is out of range"));
    assertThat(says(lines, CheckReport.Verdict.OK, "kafka")).isNotEmpty();
  }

  @Test
  void aMissingFile() throws Exception {
    set("NETWORKS", "nowhere.csv");
    only(
        CheckReport.Verdict.FAIL,
        "config",
        "environment variable LOCKSTEP_NETWORKS: networks \"nowhere.csv\" does not name",
        "put the file there, or correct the path");
    assertThat(says(look(), CheckReport.Verdict.SKIP, "networks"))
        .anySatisfy(line -> assertThat(line).contains("first fix its configuration"));
  }

  @Test
  void aDatabaseThatIsNone() throws Exception {
    write("city.mmdb", "<html>sign in first</html>");
    only(
        CheckReport.Verdict.FAIL,
        "geoip.city",
        "is not a MaxMind DB file, or is damaged",
        "download the file again");
  }

  @Test
  void aDatabaseThatIsOld() throws Exception {
    DatabaseFile.write(
        folder.resolve("city.mmdb"), "GeoLite2-City", Instant.now().minus(90, ChronoUnit.DAYS));
    only(
        CheckReport.Verdict.WARN,
        "geoip.city",
        "was built 90 days ago",
        "download a newer database (geoipupdate), at least once a month, and restart the service");
  }

  @Test
  void partnersWithoutAnyNetwork() throws Exception {
    write("partners.yaml", "partners: [{id: fabrikam, name: F, subscriptions: [fabrikam-prod]}]\n");
    only(
        CheckReport.Verdict.WARN,
        "partners",
        "partner \"fabrikam\" declares no network",
        "declare the partner's networks in its key \"cidrs\" or \"networks\"");
  }

  @Test
  void anAppOfAPartnerThatIsNoGuid() throws Exception {
    write(
        "partners.yaml", "partners:\n  - {id: fabrikam, apps: [web-shop], networks: [AS64500]}\n");
    only(
        CheckReport.Verdict.WARN,
        "partners",
        "partners.yaml:2 has the app 'web-shop', which is no GUID",
        "write the application (client) id");
  }

  @Test
  void theWholeInternetAsOwnNetwork() throws Exception {
    write("networks.csv", "cidr,class\n0.0.0.0/0,corporate\n");
    only(
        CheckReport.Verdict.WARN,
        "networks",
        "networks.csv:2 gives the class corporate to 0.0.0.0/0",
        "write the ranges that are your own");
  }

  @Test
  void noPartnersAtAll() throws Exception {
    environment.remove("LOCKSTEP_PARTNERS");
    only(
        CheckReport.Verdict.WARN,
        "rule partner-ip-drift",
        "asleep: no partners file",
        "write the file partners.yaml");
  }

  @Test
  void noNetworksFile() throws Exception {
    environment.remove("LOCKSTEP_NETWORKS");
    only(
        CheckReport.Verdict.WARN,
        "networks",
        "most findings will be false alarms",
        "write networks.csv");
  }

  @Test
  void aNetworksFileWithItsHeaderOnly() throws Exception {
    write("networks.csv", "cidr,class\n");
    only(
        CheckReport.Verdict.WARN,
        "networks",
        "networks.csv has 0 rows, so it does not list your offices",
        "the command \"networks suggest\" proposes rows");
  }

  @Test
  void noDatabases() throws Exception {
    environment.remove("LOCKSTEP_GEOIP_CITY");
    only(
        CheckReport.Verdict.WARN,
        "geoip.city",
        "not set, so places are known only from records that contain a place; this concerns the"
            + " rule impossible-travel",
        "set geoip.city to a city database");
  }

  @Test
  void noDatabaseOfNetworks_inOneLineForAllRules() throws Exception {
    environment.remove("LOCKSTEP_GEOIP_ASN");
    only(
        CheckReport.Verdict.WARN,
        "geoip.asn",
        "not set, so networks are known only from your networks files and the bundled list; this"
            + " concerns the rules token-replay, partner-ip-drift, session-replay, password-spray",
        "set geoip.asn to an ASN database");
  }

  @Test
  void aStateFolderThatIsAFile_orLiesBelowOne() throws Exception {
    write("state", "");
    set("KAFKA_STATE_DIR", "state");
    only(CheckReport.Verdict.FAIL, "kafka.stateDir", "/state\" is a file", "name another folder");
    set("KAFKA_STATE_DIR", "state/deeper");
    only(
        CheckReport.Verdict.FAIL,
        "kafka.stateDir",
        "/state/deeper\" cannot be created, because ",
        "name another folder");
  }

  @Test
  void theStateOfAnotherVersion() throws Exception {
    Files.createDirectories(
        folder.resolve("kept/instance-1/lockstep.detect/3_0/rocksdb/findings-99"));
    set("KAFKA_STATE_DIR", "kept");
    only(
        CheckReport.Verdict.FAIL,
        "kafka.stateDir",
        "another version of Lockstep has written it (\"lockstep.detect/3_0/rocksdb/findings-99\")",
        "follow the steps in docs/upgrade.md");
  }

  @Test
  void anExceptionThatHasExpired() throws Exception {
    write(
        "exceptions.yaml",
        """
        exceptions:
          - id: move
            rule: partner-ip-drift
            partner: fabrikam
            reason: data centre move
            owner: ann
            expires: 2026-01-01
        """);
    set("EXCEPTIONS", "exceptions.yaml");
    only(
        CheckReport.Verdict.WARN,
        "exceptions",
        "exception move of ann expired",
        "renew or remove it");
  }
}
