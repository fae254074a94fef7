package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lockstep.sentinel.LogsIngestionStandIn;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Breaks a good set-up in one thing after the other: each time the doctor names it and its mend.
 */
final class DoctorIT {
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final String HUB = "logs";
  private static final String SHORT_HUB = "short-logs";
  private static final String BARE_HUB = "unlinked-logs";
  private static final String RIGHT = connectionString("cmlnaHQ=");
  private static final String WRONG = connectionString("d3Jvbmc=");

  @TempDir static Path shared;
  private static LocalBroker broker;

  @TempDir Path folder;
  private LogsIngestionStandIn sentinel;
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeAll
  static void startBroker() throws Exception {
    broker =
        LocalBroker.start(
            shared.resolve("broker"),
            0,
            LocalBroker.Options.DEFAULT
                .withSasl(RIGHT)
                .withSettings(
                    Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users",
                        "User:ANONYMOUS")));
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(HUB, 2, (short) 1),
                  new NewTopic(SHORT_HUB, 1, (short) 1).configs(Map.of("retention.ms", "86400000")),
                  new NewTopic(BARE_HUB, 1, (short) 1),
                  new NewTopic("odd.activity", 3, (short) 1)))
          .all()
          .get();
      admin
          .createAcls(List.of(may(HUB, AclOperation.READ), may(HUB, AclOperation.DESCRIBE_CONFIGS)))
          .all()
          .get();
      Topics.ensure(admin, "lockstep.", 4, (short) 1);
    }
    send(HUB, HubMessages.SIGN_IN, HubMessages.LINKED_CALL, HubMessages.ALERT);
    send(SHORT_HUB, HubMessages.SIGN_IN, HubMessages.LINKED_CALL, HubMessages.ALERT);
    send(BARE_HUB, HubMessages.SIGN_IN, HubMessages.UNLINKED_CALL);
  }

  private static AclBinding may(String topic, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry(
            "User:" + LocalBroker.SASL_USER, "*", operation, AclPermissionType.ALLOW));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void start() throws Exception {
    sentinel = LogsIngestionStandIn.start(null, 0);
    Instant yesterday = Instant.now().minus(1, ChronoUnit.DAYS);
    DatabaseFile.write(folder.resolve("city.mmdb"), "GeoLite2-City", yesterday);
    DatabaseFile.write(folder.resolve("asn.mmdb"), "GeoLite2-ASN", yesterday);
    write("networks.csv", "cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation");
    write(
        "partners.yaml",
        """
        partners:
          - {id: fabrikam, name: Fabrikam, subscriptions: [fabrikam-prod], cidrs: [198.51.100.0/24]}
        """);
    set("GEOIP_CITY", "city.mmdb");
    set("GEOIP_ASN", "asn.mmdb");
    set("NETWORKS", "networks.csv");
    set("PARTNERS", "partners.yaml");
    set("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    set("SOURCES_LOGS_TYPE", "kafka");
    set("SOURCES_LOGS_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    set("SOURCES_LOGS_TOPIC", HUB);
    set("SENTINEL_ENDPOINT", sentinel.endpoint().toString());
    set("SENTINEL_RULE_ID", LogsIngestionStandIn.RULE_ID);
    set("SENTINEL_AUTH", "none");
    set("HEARTBEAT", "false");
  }

  @AfterEach
  void stop() {
    sentinel.close();
  }

  // ---- a good one

  @Test
  void findsNothing_whereEverythingIsThere_soonAndLeavingNoTrace() throws Exception {
    Map<TopicPartition, Long> before = ends();
    long began = System.nanoTime();
    List<Checkup.Line> lines = look();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.println("a good set-up took " + took);
    lines.forEach(line -> System.out.println(line.text()));

    assertThat(lines).allMatch(line -> line.verdict() == Checkup.Verdict.OK, "is ok");
    assertThat(lines)
        .extracting(Checkup.Line::check)
        .contains(
            "config",
            "geoip.city",
            "networks",
            "partners",
            "kafka",
            "topics",
            "source logs",
            "sentinel.endpoint",
            "sentinel.stream",
            "clock",
            "identity link",
            "rule impossible-travel",
            "rule token-replay",
            "rule partner-ip-drift",
            "rule defender-corroboration");
    assertThat(took).isLessThan(MOST);
    assertThat(ends()).isEqualTo(before);
    assertThat(sentinel.rows()).isEmpty();
    try (Admin admin = admin()) {
      assertThat(admin.listGroups().all().get()).isEmpty();
    }
  }

  // ---- configuration and files

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
    List<Checkup.Line> lines = look();
    assertThat(says(lines, Checkup.Verdict.FAIL, "config"))
        .hasSize(3)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("lockstep.yaml:1: unknown key \"geoipp\"")
                    .endsWith("; the nearest known one is \"geoip\""))
        .anySatisfy(line -> assertThat(line).contains("yaml:2: kafka.partitions \"many\""))
        .anySatisfy(line -> assertThat(line).contains("maxHours \"99\" is out of range"));
    assertThat(says(lines, Checkup.Verdict.OK, "kafka")).isNotEmpty();
  }

  @Test
  void aMissingFile() throws Exception {
    set("NETWORKS", "nowhere.csv");
    only(
        Checkup.Verdict.FAIL,
        "config",
        "environment variable LOCKSTEP_NETWORKS: networks \"nowhere.csv\" names no file",
        "put the file there or mend the path");
  }

  @Test
  void aDatabaseThatIsNone() throws Exception {
    write("city.mmdb", "<html>sign in first</html>");
    only(
        Checkup.Verdict.FAIL,
        "geoip.city",
        "is no MaxMind DB file, or a damaged one",
        "download it again");
  }

  @Test
  void aDatabaseThatIsOld() throws Exception {
    DatabaseFile.write(
        folder.resolve("city.mmdb"), "GeoLite2-City", Instant.now().minus(90, ChronoUnit.DAYS));
    only(Checkup.Verdict.WARN, "geoip.city", "was built 90 days ago", "download a newer one");
  }

  @Test
  void partnersWithoutAnyNetwork() throws Exception {
    write("partners.yaml", "partners: [{id: fabrikam, name: F, subscriptions: [fabrikam-prod]}]\n");
    only(
        Checkup.Verdict.WARN,
        "partners",
        "partner \"fabrikam\" declares no network",
        "declare its cidrs or networks");
  }

  @Test
  void noPartnersAtAll() throws Exception {
    environment.remove("LOCKSTEP_PARTNERS");
    only(Checkup.Verdict.WARN, "rule partner-ip-drift", "sleeps: no partners", "write partners");
  }

  @Test
  void noDatabases() throws Exception {
    environment.remove("LOCKSTEP_GEOIP_CITY");
    only(
        Checkup.Verdict.WARN,
        "rule impossible-travel",
        "geoip.city is not set",
        "name a city database");
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
    only(Checkup.Verdict.WARN, "exceptions", "exception move of ann expired", "renew or remove it");
  }

  // ---- the cluster

  @Test
  void aBrokerThatIsDead() throws Exception {
    set("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + freePort());
    List<Checkup.Line> lines = look();
    assertFault(lines, Checkup.Verdict.FAIL, "kafka", "nothing can be had at 127.0.0.1:", "check");
    assertThat(says(lines, Checkup.Verdict.SKIP, "source logs"))
        .anySatisfy(line -> assertThat(line).contains("how far it is read is not known"));
  }

  @Test
  void topicsThatAreMissing_andMayNotBeCreated() throws Exception {
    asSaslUser(RIGHT);
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "topic lockstep.activity",
        "is not there, and may not be created",
        "grant Create and Describe");
    assertNoSecret(lines);
  }

  @Test
  void topicsThatAreMissing_andMayBeCreated() throws Exception {
    set("KAFKA_TOPIC_PREFIX", "fresh.");
    List<Checkup.Line> lines = look();
    assertThat(says(lines, Checkup.Verdict.OK, "topics"))
        .anySatisfy(line -> assertThat(line).contains("fresh.activity", "may be created"));
    try (Admin admin = admin()) {
      assertThat(admin.listTopics().names().get()).noneMatch(name -> name.startsWith("fresh."));
    }
  }

  @Test
  void aTopicThatCannotBeUsed() throws Exception {
    set("KAFKA_TOPIC_PREFIX", "odd.");
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "topic odd.activity",
        "has 3 partitions and not 4",
        "set kafka.partitions to what it has");
  }

  @Test
  void aPasswordThatTheClusterRefuses() throws Exception {
    asSaslUser(WRONG);
    List<Checkup.Line> lines = look();
    assertFault(
        lines, Checkup.Verdict.FAIL, "kafka", "refuses the credential", "check kafka.properties");
    assertNoSecret(lines);
  }

  private void asSaslUser(String password) throws Exception {
    set("KAFKA_BOOTSTRAP_SERVERS", broker.saslBootstrapServers());
    set("KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
    set("KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN");
    set(
        "KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"$ConnectionString\" password=\"%s\";".formatted(password));
  }

  // ---- the hubs

  @Test
  void aConnectionStringThatTheHubRefuses() throws Exception {
    asHub(WRONG, HUB);
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "source logs",
        "refuses the credential",
        "copy the connection string anew");
    assertNoSecret(lines);
  }

  @Test
  void aConnectionStringThatTheHubTakes() throws Exception {
    asHub(RIGHT, HUB);
    List<Checkup.Line> lines = look();
    assertThat(lines).allMatch(line -> line.verdict() == Checkup.Verdict.OK, "is ok");
    assertNoSecret(lines);
  }

  @Test
  void aHubThatTheCredentialMayNotRead() throws Exception {
    asHub(RIGHT, SHORT_HUB);
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "source logs",
        "the right is missing",
        "give the policy Listen");
  }

  @Test
  void aHubThatIsNotThere() throws Exception {
    set("SOURCES_LOGS_TOPIC", "insights-logs-signinlogz");
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "source logs",
        "topic \"insights-logs-signinlogz\": it is not there",
        "check its name");
  }

  @Test
  void aHubThatKeepsLessThanTheBaselinesTake() throws Exception {
    set("SOURCES_LOGS_TOPIC", SHORT_HUB);
    only(
        Checkup.Verdict.WARN,
        "source logs",
        "topic \"short-logs\" keeps 1 day, and the baselines of the rules take 9 days",
        "keep 9 days there, or fill them from an archive");
  }

  @Test
  void callsWithoutAnyIdentityLink() throws Exception {
    set("SOURCES_LOGS_TOPIC", BARE_HUB);
    List<Checkup.Line> lines = look();
    assertFault(
        lines, Checkup.Verdict.WARN, "identity link", "0 % of the newest", "policy of deploy/apim");
    assertFault(
        lines,
        Checkup.Verdict.WARN,
        "rule token-replay",
        "no call carries the identity link",
        "deploy/apim");
    assertFault(
        lines,
        Checkup.Verdict.WARN,
        "rule defender-corroboration",
        "no alert of Defender",
        "export alerts");
  }

  private void asHub(String connectionString, String hub) throws Exception {
    environment.keySet().removeIf(name -> name.startsWith("LOCKSTEP_SOURCES_"));
    write("secret", connectionString);
    write(
        "lockstep.yaml",
        """
        sources:
          - name: logs
            type: event-hubs-kafka
            hub: %s
            auth: connection-string
            connectionString: ${file:secret}
            properties: {bootstrap.servers: "%s", security.protocol: SASL_PLAINTEXT}
        """
            .formatted(hub, broker.saslBootstrapServers()));
  }

  // ---- Sentinel

  @Test
  void anEndpointThatDoesNotResolve() throws Exception {
    set("SENTINEL_ENDPOINT", "https://nowhere.invalid");
    set("SENTINEL_AUTH", "workload-identity");
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "sentinel.endpoint",
        "the name \"nowhere.invalid\" does not resolve",
        "check its spelling, the name server");
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "sentinel.auth",
        "could not get a token by auth workload-identity",
        "check the service account's annotation");
    assertFault(lines, Checkup.Verdict.SKIP, "clock", "nothing that was asked told the time", "");
  }

  @Test
  void aCertificateThatIsNotTrusted() throws Exception {
    HttpsServer server = selfSigned();
    try {
      set("SENTINEL_ENDPOINT", "https://127.0.0.1:" + server.getAddress().getPort());
      List<Checkup.Line> lines = look();
      assertFault(
          lines,
          Checkup.Verdict.FAIL,
          "sentinel.endpoint",
          "shows a certificate that is not trusted",
          "trust its issuer");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void unauthorised_401() throws Exception {
    sentinel.answerNext(LogsIngestionStandIn.Answer.status(401));
    only(Checkup.Verdict.FAIL, "sentinel.stream", "status 401", "check sentinel.auth, tenantId");
  }

  @Test
  void forbidden_403() throws Exception {
    sentinel.answerNext(LogsIngestionStandIn.Answer.status(403));
    only(
        Checkup.Verdict.FAIL,
        "sentinel.stream",
        "status 403",
        "give the identity the role Monitoring Metrics Publisher");
  }

  @Test
  void aRuleThatIsNotThere_404() throws Exception {
    set("SENTINEL_RULE_ID", "dcr-of-somebody-else");
    only(
        Checkup.Verdict.FAIL,
        "sentinel.stream",
        "rule dcr-of-somebody-else, stream Custom-LockstepDetections_CL: status 404",
        "take ruleId (immutableId, dcr-…), stream and endpoint from one and the same rule");
  }

  @Test
  void aHeartbeatStreamThatTheRuleDoesNotDeclare_404() throws Exception {
    environment.remove("LOCKSTEP_HEARTBEAT");
    only(
        Checkup.Verdict.FAIL,
        "heartbeat.stream",
        "stream Custom-LockstepHeartbeat_CL: status 404",
        "declare the stream there, or set heartbeat: false");
  }

  @Test
  void sinksThatCannotBeUsed() throws Exception {
    write(
        "lockstep.yaml",
        """
        sinks:
          - {name: archive, type: file, path: detections.jsonl}
          - {name: nowhere, type: file, path: no/such/folder/detections.jsonl}
          - {name: pager, type: webhook, url: "https://nowhere.invalid/hook/secret-path", secret: "0123456789abcdef0123456789abcdef"}
          - {name: bus, type: kafka, bootstrapServers: "%1$s", topic: logs}
          - {name: lost, type: kafka, bootstrapServers: "%1$s", topic: no-such-topic}
        """
            .formatted(broker.bootstrapServers()));
    List<Checkup.Line> lines = look();
    assertFault(lines, Checkup.Verdict.OK, "sink archive", "can be written to", "");
    assertFault(
        lines, Checkup.Verdict.FAIL, "sink nowhere", "cannot be written", "make its folder");
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "sink pager",
        "the name \"nowhere.invalid\" does not resolve",
        "check its spelling");
    assertFault(lines, Checkup.Verdict.OK, "sink bus", "topic \"logs\" is there", "");
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "sink lost",
        "\"no-such-topic\": it is not there",
        "create it");
    assertThat(lines).noneMatch(line -> line.text().contains("secret-path"));
    assertThat(Files.exists(folder.resolve("detections.jsonl"))).isFalse();
  }

  @Test
  void aServiceThatIsBusy_503() throws Exception {
    sentinel.answerNext(LogsIngestionStandIn.Answer.status(503));
    only(Checkup.Verdict.WARN, "sentinel.stream", "status 503", "try again");
  }

  @Test
  void anEndpointThatHangs_isGivenUpInTime() throws Exception {
    sentinel.answerNext(LogsIngestionStandIn.Answer.hang());
    long began = System.nanoTime();
    only(Checkup.Verdict.FAIL, "sentinel.stream", "no answer from", "look at the service");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MOST);
  }

  @Test
  void aClusterThatHangs_isGivenUpInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      set("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + silent.getLocalPort());
      long began = System.nanoTime();
      List<Checkup.Line> lines = look();
      assertFault(
          lines, Checkup.Verdict.FAIL, "kafka", "does not answer as Kafka", "check the port");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MOST);
    }
  }

  @Test
  void noSentinel_isNoFault() throws Exception {
    environment.keySet().removeIf(name -> name.startsWith("LOCKSTEP_SENTINEL_"));
    List<Checkup.Line> lines = look();
    assertFault(
        lines,
        Checkup.Verdict.SKIP,
        "sentinel",
        "the configuration has none, so detections stay in their topic",
        "add sentinel");
  }

  // ---- the clock

  @Test
  void aClockTenMinutesAhead() throws Exception {
    List<Checkup.Line> lines = look(Duration.ofMinutes(10));
    assertFault(
        lines,
        Checkup.Verdict.FAIL,
        "clock",
        "s ahead of the endpoint of sentinel: tokens and arrivals are judged wrongly",
        "let this machine keep time");
  }

  @Test
  void aClockTenMinutesBehind() throws Exception {
    List<Checkup.Line> lines = look(Duration.ofMinutes(-10));
    assertFault(lines, Checkup.Verdict.FAIL, "clock", "s behind", "let this machine keep time");
  }

  // ---- the command

  @Test
  void endsWithOneWhereSomethingFails_andWithZeroWhereItOnlyWarns() {
    Checkup.Line fail = new Checkup.Line(Checkup.Verdict.FAIL, "kafka", "is away", "start it");
    Checkup.Line warn = new Checkup.Line(Checkup.Verdict.WARN, "clock", "61 s ahead", "");
    assertThat(fail.text()).isEqualTo("fail  kafka: is away; start it");
    assertThat(warn.text()).isEqualTo("warn  clock: 61 s ahead");
    assertThat(DoctorCommand.asJson(List.of(fail, warn)))
        .isEqualTo(
            "{\"ok\":0,\"warn\":1,\"fail\":1,\"skip\":0,\"checks\":["
                + "{\"verdict\":\"fail\",\"check\":\"kafka\",\"what\":\"is away\",\"mend\":\"start it\"},"
                + "{\"verdict\":\"warn\",\"check\":\"clock\",\"what\":\"61 s ahead\"}]}");
    int exit =
        Main.commandLine()
            .execute("doctor", "--json", "--config", folder.resolve("nowhere.yaml").toString());
    assertThat(exit).isEqualTo(Main.FAILED);
  }

  // ---- helpers

  private List<Checkup.Line> look() throws Exception {
    return look(Duration.ZERO);
  }

  private List<Checkup.Line> look(Duration ahead) throws Exception {
    Path file = folder.resolve("lockstep.yaml");
    if (!Files.exists(file)) {
      Files.writeString(file, "metrics: {port: 0}\n");
    }
    InstantSource clock = () -> Instant.now().plus(ahead);
    return DoctorCommand.examine(file, environment, clock);
  }

  /** Asserts that one thing is not right, and everything else is. */
  private void only(Checkup.Verdict verdict, String check, String what, String mend)
      throws Exception {
    List<Checkup.Line> lines = look();
    assertFault(lines, verdict, check, what, mend);
    assertThat(lines)
        .filteredOn(line -> !line.check().equals(check) && !line.check().startsWith("rule "))
        .filteredOn(line -> line.verdict() == Checkup.Verdict.FAIL)
        .isEmpty();
  }

  private static void assertFault(
      List<Checkup.Line> lines, Checkup.Verdict verdict, String check, String what, String mend) {
    assertThat(lines)
        .anySatisfy(
            line -> {
              assertThat(line.verdict()).isEqualTo(verdict);
              assertThat(line.check()).isEqualTo(check);
              assertThat(line.what()).contains(what);
              assertThat(line.mend()).contains(mend);
            });
  }

  private static void assertNoSecret(List<Checkup.Line> lines) {
    assertThat(lines)
        .noneMatch(line -> line.text().contains("SharedAccessKey="))
        .noneMatch(line -> line.text().contains("d3Jvbmc") || line.text().contains("cmlnaHQ"));
  }

  private static List<String> says(
      List<Checkup.Line> lines, Checkup.Verdict verdict, String check) {
    return lines.stream()
        .filter(line -> line.verdict() == verdict && line.check().equals(check))
        .map(Checkup.Line::text)
        .toList();
  }

  private void set(String key, String value) {
    environment.put("LOCKSTEP_" + key, value);
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(folder.resolve(name), text);
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static void send(String topic, String... messages) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String message : messages) {
        producer
            .send(
                new ProducerRecord<>(
                    topic, 0, null, null, message.getBytes(StandardCharsets.UTF_8)))
            .get();
      }
    }
  }

  private static Map<TopicPartition, Long> ends() throws Exception {
    Map<TopicPartition, Long> ends = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    try (Admin admin = admin()) {
      for (var topic :
          admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get().values()) {
        List<TopicPartition> partitions = new ArrayList<>();
        topic
            .partitions()
            .forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
        for (TopicPartition partition : partitions) {
          ends.put(
              partition,
              Optional.ofNullable(
                      admin
                          .listOffsets(Map.of(partition, OffsetSpec.latest()))
                          .all()
                          .get()
                          .get(partition))
                  .orElseThrow()
                  .offset());
        }
      }
    }
    return ends;
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String connectionString(String key) {
    return "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey="
        + key;
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
