package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.Topics;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A good set-up, for the doctor to look at after a test has broken one thing of it. */
abstract class Examination {
  static final Duration MOST = Duration.ofSeconds(10);
  static final String HUB = "logs";
  static final String SHORT_HUB = "short-logs";
  static final String BARE_HUB = "unlinked-logs";
  static final String RIGHT = connectionString("cmlnaHQ=");
  static final String WRONG = connectionString("d3Jvbmc=");

  /** Broker of each class; the classes run side by side. */
  private static final Map<Class<?>, LocalBroker> BROKERS = new ConcurrentHashMap<>();

  LocalBroker broker;
  @TempDir Path folder;
  FakeLogsIngestionApi sentinel;
  final Map<String, String> environment = new TreeMap<>();

  @BeforeAll
  static void startBroker(TestInfo test, @TempDir Path data) throws Exception {
    LocalBroker broker =
        LocalBroker.start(
            data,
            0,
            CalmBroker.with(
                    Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users",
                        "User:ANONYMOUS"))
                .withSasl(RIGHT));
    BROKERS.put(test.getTestClass().orElseThrow(), broker);
    try (Admin admin = admin(broker)) {
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
    send(broker, HUB, HubMessages.SIGN_IN, HubMessages.LINKED_CALL, HubMessages.ALERT);
    send(broker, SHORT_HUB, HubMessages.SIGN_IN, HubMessages.LINKED_CALL, HubMessages.ALERT);
    send(broker, BARE_HUB, HubMessages.SIGN_IN, HubMessages.UNLINKED_CALL);
  }

  private static AclBinding may(String topic, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry(
            "User:" + LocalBroker.SASL_USER, "*", operation, AclPermissionType.ALLOW));
  }

  @AfterAll
  static void stopBroker(TestInfo test) {
    BROKERS.remove(test.getTestClass().orElseThrow()).close();
  }

  @BeforeEach
  void start() throws Exception {
    broker = BROKERS.get(getClass());
    sentinel = FakeLogsIngestionApi.start(null, 0);
    Instant yesterday = Instant.now().minus(1, ChronoUnit.DAYS);
    DatabaseFile.write(folder.resolve("city.mmdb"), "GeoLite2-City", yesterday);
    DatabaseFile.write(folder.resolve("asn.mmdb"), "GeoLite2-ASN", yesterday);
    write("networks.csv", "cidr,class\n192.0.2.0/24,corporate\n");
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
    set("SENTINEL_RULE_ID", FakeLogsIngestionApi.RULE_ID);
    set("SENTINEL_AUTH", "none");
    set("HEARTBEAT", "false");
    // These want an estate, or logs that the hub does not have.
    set("RULES_GATEWAY_BYPASS_ENABLED", "false");
    set("RULES_WAF_THEN_SUCCESS_ENABLED", "false");
    set("RULES_CONDITIONAL_ACCESS_GAP_ENABLED", "false");
    set("RULES_PRIVILEGED_WITHOUT_PIM_ENABLED", "false");
    set("RULES_WORKLOAD_CREDENTIAL_DRIFT_ENABLED", "false");
    set("RULES_VAULT_OUTSIDE_ENABLED", "false");
  }

  @AfterEach
  void stop() {
    sentinel.close();
  }

  List<CheckReport.Line> look() throws Exception {
    return look(Duration.ZERO);
  }

  List<CheckReport.Line> look(Duration ahead) throws Exception {
    Path file = folder.resolve("lockstep.yaml");
    if (!Files.exists(file)) {
      Files.writeString(file, "metrics: {port: 0}\n");
    }
    InstantSource clock = () -> Instant.now().plus(ahead);
    return Doctor.check(file, environment, clock).lines();
  }

  /** Asserts that one thing is not right, and everything else is. */
  void only(CheckReport.Verdict verdict, String check, String what, String fix) throws Exception {
    List<CheckReport.Line> lines = look();
    assertFault(lines, verdict, check, what, fix);
    assertThat(lines)
        .filteredOn(line -> !line.check().equals(check) && !line.check().startsWith("rule "))
        .filteredOn(line -> line.verdict() == CheckReport.Verdict.FAIL)
        .isEmpty();
  }

  static void assertFault(
      List<CheckReport.Line> lines,
      CheckReport.Verdict verdict,
      String check,
      String what,
      String fix) {
    assertThat(lines)
        .anySatisfy(
            line -> {
              assertThat(line.verdict()).isEqualTo(verdict);
              assertThat(line.check()).isEqualTo(check);
              assertThat(line.what()).contains(what);
              assertThat(line.fix()).contains(fix);
            });
  }

  static void assertNoSecret(List<CheckReport.Line> lines) {
    assertThat(lines)
        .noneMatch(line -> line.text().contains("SharedAccessKey="))
        .noneMatch(line -> line.text().contains("d3Jvbmc") || line.text().contains("cmlnaHQ"));
  }

  static List<String> says(
      List<CheckReport.Line> lines, CheckReport.Verdict verdict, String check) {
    return lines.stream()
        .filter(line -> line.verdict() == verdict && line.check().equals(check))
        .map(CheckReport.Line::text)
        .toList();
  }

  void set(String key, String value) {
    environment.put("LOCKSTEP_" + key, value);
  }

  void write(String name, String text) throws Exception {
    Files.writeString(folder.resolve(name), text);
  }

  Admin admin() {
    return admin(broker);
  }

  private static Admin admin(LocalBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static void send(LocalBroker broker, String topic, String... messages) throws Exception {
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

  private static String connectionString(String key) {
    return "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey="
        + key;
  }
}
