package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.Misadvertised;
import dev.lockstep.app.kafka.Topics;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** Breaks the cluster and the hubs in one thing after the other: each time the doctor names it. */
final class DoctorOnClusterIT extends Examination {
  @Test
  void aBrokerThatIsDead() throws Exception {
    set("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + freePort());
    List<CheckReport.Line> lines = look();
    assertFault(
        lines, CheckReport.Verdict.FAIL, "kafka", "could not connect to 127.0.0.1:", "check");
    assertThat(says(lines, CheckReport.Verdict.SKIP, "source logs"))
        .anySatisfy(line -> assertThat(line).contains("how far the source was read is unknown"));
  }

  @Test
  void brokersThatAdvertiseAnAddress_atWhichNobodyAnswers() throws Exception {
    try (Misadvertised first = new Misadvertised(broker.bootstrapServers())) {
      set("KAFKA_BOOTSTRAP_SERVERS", first.bootstrapServers());
      assertFault(
          look(),
          CheckReport.Verdict.FAIL,
          "kafka",
          "\"%s\" answers, but its broker does not answer at the address that the broker advertises: \"%s\""
              .formatted(first.bootstrapServers(), first.advertised()),
          "set advertised.listeners");
    }
  }

  @Test
  void propertiesThatLockstepOverrides() throws Exception {
    set("KAFKA_PROPERTIES_ACKS", "1");
    only(
        CheckReport.Verdict.WARN,
        "kafka.properties",
        "acks has no effect, because Lockstep always writes with acks=all",
        "remove it");
    set("KAFKA_PROPERTIES_ENABLE_IDEMPOTENCE", "false");
    only(
        CheckReport.Verdict.WARN,
        "kafka.properties",
        "acks and enable.idempotence have no effect",
        "remove them");
    set("KAFKA_PROPERTIES_ACKS", "-1");
    set("KAFKA_PROPERTIES_ENABLE_IDEMPOTENCE", "TRUE");
    assertThat(look()).noneMatch(line -> line.check().equals("kafka.properties"));
  }

  @Test
  void propertiesThatAProducerRefuses() throws Exception {
    set("KAFKA_PROPERTIES_DELIVERY_TIMEOUT_MS", "1");
    only(
        CheckReport.Verdict.FAIL,
        "kafka.properties",
        "delivery.timeout.ms should be equal to or larger than",
        "correct or remove");
  }

  @Test
  void topicsThatAreMissing_andMayNotBeCreated() throws Exception {
    asSaslUser(RIGHT);
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "topic lockstep.activity",
        "does not exist, and this credential may not create it",
        "grant Create and Describe");
    assertNoSecret(lines);
  }

  @Test
  void groupsThatMayNotBeUsed_areThoseOfWhatIsConfigured() throws Exception {
    environment.keySet().removeIf(name -> name.startsWith("LOCKSTEP_SENTINEL_"));
    set("SINKS_ARCHIVE_TYPE", "file");
    set("SINKS_ARCHIVE_PATH", "found.jsonl");
    set("SOURCES_PAST_TYPE", "capture");
    set("SOURCES_PAST_PATH", ".");
    asSaslUser(RIGHT);
    assertThat(look())
        .filteredOn(line -> line.what().equals("this credential may not use the group"))
        .extracting(CheckReport.Line::check)
        .containsExactly(
            "group lockstep.ingest-past",
            "group lockstep.detect",
            "group lockstep.forwarder-archive");
  }

  @Test
  void topicsThatAreMissing_andMayBeCreated() throws Exception {
    set("KAFKA_TOPIC_PREFIX", "fresh.");
    List<CheckReport.Line> lines = look();
    assertThat(says(lines, CheckReport.Verdict.OK, "topics"))
        .anySatisfy(
            line -> assertThat(line).contains("fresh.activity", "the command \"run\" creates"));
    try (Admin admin = admin()) {
      assertThat(admin.listTopics().names().get()).noneMatch(name -> name.startsWith("fresh."));
    }
  }

  @Test
  void topicsWithMoreReplicasThanBrokers() throws Exception {
    set("KAFKA_TOPIC_PREFIX", "copied.");
    set("KAFKA_REPLICATION", "5");
    assertFault(
        look(),
        CheckReport.Verdict.FAIL,
        "topic copied.activity",
        "does not exist, and cannot be created",
        "set kafka.replication to at most the number of brokers");
  }

  @Test
  void aTopicThatCannotBeUsed() throws Exception {
    set("KAFKA_TOPIC_PREFIX", "odd.");
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "topic odd.activity",
        "has 3 partitions and not 4",
        "set kafka.partitions to 3");
  }

  @Test
  void changelogsThatLoseState() throws Exception {
    List<NewTopic> internal = new ArrayList<>();
    for (String name : DetectionTopology.internalTopics(new TopologyLayout("worn.", 4))) {
      boolean isState = name.endsWith("-changelog");
      internal.add(
          new NewTopic(name, 4, (short) 1)
              .configs(Map.of("cleanup.policy", isState ? "compact" : "delete")));
    }
    set("KAFKA_TOPIC_PREFIX", "worn.");
    try (Admin admin = admin()) {
      Topics.ensure(admin, "worn.", 4, (short) 1);
      admin.createTopics(internal).all().get();
      admin
          .alterConsumerGroupOffsets(
              "worn.detect",
              Map.of(new TopicPartition("worn.activity", 0), new OffsetAndMetadata(0)))
          .all()
          .get();
      List<CheckReport.Line> lines = look();
      assertThat(says(lines, CheckReport.Verdict.OK, "topics"))
          .anySatisfy(line -> assertThat(line).contains(internal.size() + " internal topics:"));

      String findings = "worn.detect-findings-changelog";
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, findings),
                  List.of(
                      altered("cleanup.policy", "delete"), altered("max.message.bytes", "9000"))))
          .all()
          .get();
      admin.deleteTopics(List.of("worn.detect-incidents-changelog")).all().get();
      await("the broker shows what was changed")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                List<CheckReport.Line> after = look();
                assertFault(
                    after,
                    CheckReport.Verdict.WARN,
                    "topic " + findings,
                    "cleanup.policy is delete and not compact",
                    "--topic " + findings + " --add-config cleanup.policy=compact");
                assertFault(
                    after,
                    CheckReport.Verdict.WARN,
                    "topic " + findings,
                    "max.message.bytes is 9,000 bytes, but Lockstep writes records of up to 1,048,576 bytes",
                    "--add-config max.message.bytes=1048588");
                assertFault(
                    after,
                    CheckReport.Verdict.WARN,
                    "topics",
                    "\"worn.detect-incidents-changelog\" is missing, although the role detect has worked with it",
                    "Rebuild");
              });
    }
  }

  private static AlterConfigOp altered(String key, String value) {
    return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
  }

  @Test
  void positionsThatCannotBeUsed_areNotTakenForNone() throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic("bent.positions", 1, (short) 1))).all().get();
    }
    set("KAFKA_TOPIC_PREFIX", "bent.");
    List<CheckReport.Line> lines = look();
    assertFault(lines, CheckReport.Verdict.FAIL, "topic bent.positions", "cleanup.policy", "");
    assertFault(
        lines,
        CheckReport.Verdict.SKIP,
        "source logs",
        "how far the source was read is unknown",
        "or the line of the positions topic");
  }

  @Test
  void aPasswordThatTheClusterRefuses() throws Exception {
    asSaslUser(WRONG);
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "kafka",
        "refuses the credential",
        "check kafka.properties");
    assertNoSecret(lines);
  }

  @Test
  void theGroupOfASourceMayNotBeUsed() throws Exception {
    asSaslUser("SOURCES_LOGS", RIGHT);
    only(
        CheckReport.Verdict.FAIL,
        "source logs",
        "this credential may not use the group lockstep.ingest-logs",
        "grant Read on the group");
  }

  @Test
  void transactionalIdsThatMayNotBeUsed() throws Exception {
    set("KAFKA_TOPIC_PREFIX", "granted.");
    asSaslUser(RIGHT);
    String each = "grant Describe and Write on transactional ids of the prefix granted.";
    try (Admin admin = admin()) {
      Topics.ensure(admin, "granted.", 4, (short) 1);
      grant(admin, ResourceType.TOPIC, "granted.", AclOperation.READ, AclOperation.WRITE);
      grant(admin, ResourceType.TOPIC, "granted.", AclOperation.CREATE);
      grant(admin, ResourceType.TOPIC, "granted.", AclOperation.DESCRIBE_CONFIGS);
      grant(admin, ResourceType.GROUP, "granted.", AclOperation.READ);
      only(CheckReport.Verdict.FAIL, "transactional id granted.detect-…", "may not write", each);
      grant(admin, ResourceType.TRANSACTIONAL_ID, "granted.", AclOperation.DESCRIBE);
      only(CheckReport.Verdict.FAIL, "transactional id granted.detect-…", "may not write", each);
      grant(admin, ResourceType.TRANSACTIONAL_ID, "granted.detect-", AclOperation.WRITE);
      String source = "transactional id granted.ingest-logs/…";
      only(CheckReport.Verdict.FAIL, source, "may not write", each);
      grant(admin, ResourceType.TRANSACTIONAL_ID, "granted.", AclOperation.WRITE);
      assertThat(says(look(), CheckReport.Verdict.OK, "transactional ids")).hasSize(1);
      assertThat(admin.listTransactions().all().get()).isEmpty();
    }
  }

  private static void grant(
      Admin admin, ResourceType type, String prefix, AclOperation... operations) throws Exception {
    List<AclBinding> granted = new ArrayList<>();
    for (AclOperation operation : operations) {
      granted.add(
          new AclBinding(
              new ResourcePattern(type, prefix, PatternType.PREFIXED),
              new AccessControlEntry(
                  "User:" + LocalBroker.SASL_USER, "*", operation, AclPermissionType.ALLOW)));
    }
    admin.createAcls(granted).all().get();
  }

  private void asSaslUser(String password) throws Exception {
    asSaslUser("KAFKA", password);
  }

  private void asSaslUser(String section, String password) throws Exception {
    set(section + "_BOOTSTRAP_SERVERS", broker.saslBootstrapServers());
    set(section + "_PROPERTIES_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
    set(section + "_PROPERTIES_SASL_MECHANISM", "PLAIN");
    set(
        section + "_PROPERTIES_SASL_JAAS_CONFIG",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"$ConnectionString\" password=\"%s\";".formatted(password));
  }

  @Test
  void aClusterThatHangs_isGivenUpInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String server = "127.0.0.1:" + silent.getLocalPort();
      set("KAFKA_BOOTSTRAP_SERVERS", server);
      long began = System.nanoTime();
      List<CheckReport.Line> lines = look();
      // On a busy machine the check may end before its request, and then has another message.
      assertFault(lines, CheckReport.Verdict.FAIL, "kafka", server, "check the port");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MOST);
    }
  }

  @Test
  void aConnectionStringThatTheHubRefuses() throws Exception {
    asHub(WRONG, HUB);
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "source logs",
        "refuses the credential",
        "copy the connection string again");
    assertNoSecret(lines);
  }

  @Test
  void aConnectionStringThatTheHubTakes() throws Exception {
    asHub(RIGHT, HUB);
    List<CheckReport.Line> lines = look();
    assertThat(lines)
        .allMatch(
            line -> line.verdict() == CheckReport.Verdict.OK || line.what().equals("off"),
            "is ok, or a rule that is off");
    assertNoSecret(lines);
  }

  @Test
  void aHubThatTheCredentialMayNotRead() throws Exception {
    asHub(RIGHT, SHORT_HUB);
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "source logs",
        "this credential lacks a right",
        "give the shared access policy the Listen right");
  }

  @Test
  void aHubThatIsNotThere() throws Exception {
    set("SOURCES_LOGS_TOPIC", "insights-logs-signinlogz");
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.FAIL,
        "source logs",
        "topic \"insights-logs-signinlogz\": it does not exist",
        "check the name");
  }

  @Test
  void aHubThatKeepsLessThanTheBaselinesTake() throws Exception {
    set("SOURCES_LOGS_TOPIC", SHORT_HUB);
    only(
        CheckReport.Verdict.WARN,
        "source logs",
        "topic \"short-logs\" keeps 1 day, but the baselines of the rules need 9 days",
        "extend the retention to 9 days");
  }

  @Test
  void callsWithoutAnyIdentityLink() throws Exception {
    set("SOURCES_LOGS_TOPIC", BARE_HUB);
    List<CheckReport.Line> lines = look();
    assertFault(
        lines,
        CheckReport.Verdict.WARN,
        "identity link",
        "0 % of the newest",
        "policy of deploy/apim");
    assertFault(
        lines,
        CheckReport.Verdict.WARN,
        "rule token-replay",
        "no call has an identity link",
        "deploy/apim");
    assertFault(
        lines,
        CheckReport.Verdict.WARN,
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

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
