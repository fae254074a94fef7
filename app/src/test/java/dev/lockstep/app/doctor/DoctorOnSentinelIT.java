package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/**
 * Breaks Sentinel, the sinks and the clock in one thing after the other: each time the doctor names
 * it.
 */
final class DoctorOnSentinelIT extends Examination {
  @Test
  void anEndpointThatDoesNotResolve() throws Exception {
    set("SENTINEL_ENDPOINT", "https://nowhere.invalid");
    set("SENTINEL_ALLOWED_HOSTS", "nowhere.invalid");
    set("SENTINEL_AUTH", "workload-identity");
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "sentinel.endpoint",
        "the name \"nowhere.invalid\" does not resolve",
        "check the spelling, the name server");
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "sentinel.auth",
        "could not get a token by auth workload-identity",
        "check the service account's annotation");
    assertFault(
        lines, CheckReport.Verdict.SKIP, "clock", "no service that was asked told its time", "");
  }

  @Test
  void aCertificateThatIsNotTrusted() throws Exception {
    HttpsServer server = selfSigned();
    try {
      set("SENTINEL_ENDPOINT", "https://127.0.0.1:" + server.getAddress().getPort());
      List<CheckReport.Line> lines = look();
      assertFault(
          lines,
          CheckReport.Verdict.FAIL,
          "sentinel.endpoint",
          "has a certificate that this machine does not trust",
          "trust the issuer");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void unauthorised_401() throws Exception {
    sentinel.answerNext(FakeLogsIngestionApi.Answer.status(401));
    only(
        CheckReport.Verdict.FAIL,
        "sentinel.stream",
        "status 401",
        "check the keys auth, tenantId and clientId of the section sentinel");
  }

  @Test
  void forbidden_403() throws Exception {
    sentinel.answerNext(FakeLogsIngestionApi.Answer.status(403));
    only(
        CheckReport.Verdict.FAIL,
        "sentinel.stream",
        "status 403",
        "give the identity the role Monitoring Metrics Publisher");
  }

  @Test
  void aRuleThatIsNotThere_404() throws Exception {
    set("SENTINEL_RULE_ID", "dcr-of-somebody-else");
    only(
        CheckReport.Verdict.FAIL,
        "sentinel.stream",
        "rule dcr-of-somebody-else, stream Custom-LockstepDetections_CL: status 404",
        "take ruleId (immutableId, dcr-…), stream and endpoint from the same data collection rule");
  }

  @Test
  void aHeartbeatStreamThatTheRuleDoesNotDeclare_404() throws Exception {
    environment.remove("LOCKSTEP_HEARTBEAT");
    only(
        CheckReport.Verdict.FAIL,
        "heartbeat.stream",
        "stream Custom-LockstepHeartbeat_CL: status 404",
        "declare the stream in that data collection rule, or set heartbeat: false");
  }

  @Test
  void aServiceThatIsBusy_503() throws Exception {
    sentinel.answerNext(FakeLogsIngestionApi.Answer.status(503));
    only(CheckReport.Verdict.WARN, "sentinel.stream", "status 503", "run the command doctor again");
  }

  @Test
  void anEndpointThatHangs_isGivenUpInTime() throws Exception {
    sentinel.answerNext(FakeLogsIngestionApi.Answer.hang());
    long began = System.nanoTime();
    only(
        CheckReport.Verdict.FAIL,
        "sentinel.stream",
        "no answer from",
        "the health of Azure Monitor");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MOST);
  }

  @Test
  void noSentinel_isNoFault() throws Exception {
    environment.keySet().removeIf(name -> name.startsWith("LOCKSTEP_SENTINEL_"));
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.SKIP,
        "sentinel",
        "the configuration has no section sentinel, so detections stay in their topic",
        "add the section sentinel");
    write("lockstep.yaml", "sinks: [{name: archive, type: file, path: detections.jsonl}]\n");
    assertFault(
        look(),
        CheckReport.Verdict.SKIP,
        "sentinel",
        "has no section sentinel, so detections go only to the sinks below",
        "add the section sentinel");
  }

  @Test
  void sinksThatCannotBeUsed() throws Exception {
    write(
        "lockstep.yaml",
        """
        sinks:
          - {name: archive, type: file, path: detections.jsonl}
          - {name: nowhere, type: file, path: no/such/folder/detections.jsonl}
          - {name: device, type: file, path: /dev/null}
          - {name: pager, type: webhook, url: "https://nowhere.invalid/hook/secret-path", secret: "0123456789abcdef0123456789abcdef"}
          - {name: bus, type: kafka, bootstrapServers: "%1$s", topic: %2$s}
          - {name: lost, type: kafka, bootstrapServers: "%1$s", topic: no-such-topic}
        """
            .formatted(broker.bootstrapServers(), BARE_HUB));
    List<CheckReport.Line> lines = look();
    assertFault(lines, CheckReport.Verdict.OK, "sink archive", "can be written to", "");
    assertFault(
        lines, CheckReport.Verdict.FAIL, "sink nowhere", "cannot be written", "create its folder");
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "sink device",
        "\"/dev/null\" is not a regular file",
        "name a regular file");
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "sink pager",
        "the name \"nowhere.invalid\" does not resolve",
        "check the spelling");
    assertFault(
        lines, CheckReport.Verdict.OK, "sink bus", "topic \"" + BARE_HUB + "\" is there", "");
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "sink lost",
        "\"no-such-topic\": it does not exist",
        "create it");
    assertThat(lines).noneMatch(line -> line.text().contains("secret-path"));
    assertThat(Files.exists(folder.resolve("detections.jsonl"))).isFalse();
  }

  @Test
  void aClockTenMinutesAhead() throws Exception {
    List<CheckReport.Line> lines = look(Duration.ofMinutes(10));
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "clock",
        "s ahead of the endpoint of sentinel: Lockstep misjudges tokens and arrival times",
        "synchronise the clock");
  }

  @Test
  void aClockTenMinutesBehind() throws Exception {
    List<CheckReport.Line> lines = look(Duration.ofMinutes(-10));
    assertFault(lines, CheckReport.Verdict.FAIL, "clock", "s behind", "synchronise the clock");
  }

  private HttpsServer selfSigned() throws Exception {
    Path store = folder.resolve("self-signed.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "one",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.start();
    return server;
  }
}
