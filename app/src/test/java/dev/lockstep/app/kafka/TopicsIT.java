package dev.lockstep.app.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.detections.topology.DetectionTopology;
import dev.lockstep.detections.topology.TopologyLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {
  @TempDir static Path folder;
  private static LocalBroker broker;
  private static Admin admin;

  @BeforeAll
  static void start() {
    broker = LocalBroker.start(folder, 0, CalmBroker.OPTIONS);
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void createsWhatIsMissing_andAcceptsItTheSecondTime() throws Exception {
    Topics topics = Topics.ensure(admin, "a.", 3, (short) 1);
    assertThat(Topics.ensure(admin, "a.", 3, (short) -1)).isEqualTo(topics);
    assertThat(partitions("a.activity")).isEqualTo(3);
    assertThat(partitions("a.detections")).isEqualTo(3);
    assertThat(partitions("a.positions")).isEqualTo(1);
    assertThat(setting("a.detections", "cleanup.policy")).isEqualTo("compact,delete");
    assertThat(setting("a.detections", "retention.ms")).isEqualTo("34560000000");
    assertThat(setting("a.detections", "max.compaction.lag.ms")).isEqualTo("86400000");
    assertThat(setting("a.detections", "segment.ms")).isEqualTo("21600000");
    assertThat(setting("a.positions", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("a.activity", "message.timestamp.type")).isEqualTo("LogAppendTime");
    assertThat(setting("a.dead-letters", "retention.ms")).isEqualTo("2592000000");
    assertThat(admin.listTopics().names().get()).contains("a.quarantine");
  }

  @Test
  void refusesAnotherNumberOfPartitions_andSaysWhichKeyMendsIt() {
    Topics.ensure(admin, "b.", 2, (short) 1);
    assertThatThrownBy(() -> Topics.ensure(admin, "b.", 4, (short) 1))
        .isInstanceOf(OperatorException.class)
        .hasMessage(
            "could not use the existing topics: \"b.activity\" has 2 partitions and not 4; set"
                + " kafka.partitions to 2, or choose another kafka.topicPrefix");
  }

  @Test
  void surveysAnInternalTopicWithAnotherNumberOfPartitions_alsoWithoutTheActivityTopic()
      throws Exception {
    String internal = "w.detect-principals-changelog";
    admin.createTopics(List.of(new NewTopic(internal, 2, (short) 1))).all().get();
    String refusal =
        "could not use the existing topics: \"%s\" has 2 partitions and not 4; set"
            + " kafka.partitions to 2";
    assertThatThrownBy(() -> Topics.ensure(admin, "w.", 4, (short) 1))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith(refusal.formatted(internal));
    assertThat(TopicSurvey.of(admin, "w.", 4, (short) 1))
        .filteredOn(TopicState.Unfit.class::isInstance)
        .singleElement(InstanceOfAssertFactories.type(TopicState.Unfit.class))
        .satisfies(
            unfit -> {
              assertThat(unfit.name()).isEqualTo(internal);
              assertThat(unfit.why()).hasMessageStartingWith(refusal.formatted(internal));
            });
  }

  @Test
  void refusesInternalTopicsOfAnotherFormat_andChangesNone() throws Exception {
    String known = "v.detect-principals-changelog";
    String foreign = "v.detect-principals-99-changelog";
    admin
        .createTopics(
            List.of(new NewTopic(known, 2, (short) 1), new NewTopic(foreign, 2, (short) 1)))
        .all()
        .get();
    admin
        .alterConsumerGroupOffsets(
            "v.detect", Map.of(new TopicPartition(known, 0), new OffsetAndMetadata(7)))
        .all()
        .get();
    assertThat(Topics.deleted(admin, "v.", 2)).as("nothing was deleted").isNull();
    String refusal =
        "could not start: the cluster has 1 internal topic of another version of Lockstep, such as"
            + " \"v.detect-principals-99-changelog\"; follow docs/upgrade.md";
    assertThatThrownBy(() -> Topics.ensure(admin, "v.", 2, (short) 1))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith(refusal);
    assertThat(admin.listTopics().names().get())
        .contains(known, foreign)
        .doesNotContain("v.activity");
    assertThat(TopicSurvey.of(admin, "v.", 2, (short) 1))
        .filteredOn(TopicState.Unfit.class::isInstance)
        .singleElement(InstanceOfAssertFactories.type(TopicState.Unfit.class))
        .satisfies(
            unfit -> {
              assertThat(unfit.name()).isEqualTo(foreign);
              assertThat(unfit.why()).hasMessageStartingWith(refusal);
            });
  }

  @Test
  void refusesDetectionsThatAreNotCompacted() throws Exception {
    NewTopic wrong = new NewTopic("c.detections", 1, (short) 1);
    admin.createTopics(List.of(wrong)).all().get();
    assertThatThrownBy(() -> Topics.ensure(admin, "c.", 1, (short) 1))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(
            "\"c.detections\" has cleanup.policy \"delete\" and not \"compact,delete\"; alter the setting");
  }

  @Test
  void usesDetectionsThatAreCompactedOnly_andTellsTheCommandThatAltersThem() throws Exception {
    NewTopic before =
        new NewTopic("e.detections", 1, (short) 1)
            .configs(
                Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"));
    admin.createTopics(List.of(before)).all().get();
    assertThat(Topics.ensure(admin, "e.", 1, (short) 1)).isNotNull();
    TopicState.Difference difference = requireNonNull(difference("e."));
    assertThat(difference.what())
        .isEqualTo(
            "cleanup.policy is compact and not compact,delete, retention.ms is -1 and not"
                + " 34560000000, max.compaction.lag.ms is 9223372036854775807 and not 86400000,"
                + " segment.ms is 604800000 and not 21600000");
    assertThat(difference.fix("localhost:9092"))
        .isEqualTo(
            "kafka-configs.sh --bootstrap-server localhost:9092 --alter --topic e.detections"
                + " --add-config 'cleanup.policy=[compact,delete],retention.ms=34560000000,"
                + "max.compaction.lag.ms=86400000,segment.ms=21600000'");
    Topics unused = Topics.ensure(admin, "f.", 1, (short) 1);
    assertThat(difference("f.")).isNull();
  }

  private static TopicState.@Nullable Difference difference(String prefix) throws Exception {
    return TopicSurvey.of(admin, prefix, 1, (short) 1).stream()
        .filter(TopicState.Fit.class::isInstance)
        .map(TopicState.Fit.class::cast)
        .filter(fit -> fit.name().equals(prefix + "detections"))
        .findFirst()
        .orElseThrow()
        .difference();
  }

  @Test
  void saysThatTheClusterCannotBeReached() {
    Map<String, Object> nowhere =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:1",
            "default.api.timeout.ms",
            300,
            "request.timeout.ms",
            300);
    try (Admin unreachable = Admin.create(nowhere)) {
      assertThatThrownBy(() -> Topics.ensure(unreachable, "d.", 1, (short) 1))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("check kafka.bootstrapServers");
    }
  }

  @Test
  void aTopicThatWasDeleted_explainsFailures_onceItIsThereAgainToo() throws Exception {
    Cluster cluster = cluster("g.");
    cluster.prepare();
    assertThat(cluster.cause()).isNull();
    assertThat(cluster.lost()).isNull();
    admin.deleteTopics(List.of("g.activity")).all().get();
    await().until(() -> cluster.cause() != null);
    assertThat(cluster.look()).isNull();
    assertThat(cluster.cause()).contains("\"g.activity\" was deleted while the service ran");
    assertThat(cluster.lost())
        .contains("\"g.activity\" was deleted while the service ran")
        .matches("(?s)[-0-9]{10}T[:0-9]{8}[.][0-9]{3}Z: .*");
  }

  @Test
  void aTopicThatWasDeletedAndCreatedAgainAtOnce_isReportedOnce() throws Exception {
    Cluster cluster = cluster("ga.");
    cluster.prepare();
    assertThat(cluster.look()).isNull();
    NewTopic activity =
        new Topics("ga.")
            .wanted(4, (short) 1).stream()
                .filter(topic -> topic.name().equals("ga.activity"))
                .findFirst()
                .orElseThrow();
    admin.deleteTopics(List.of("ga.activity")).all().get();
    await()
        .ignoreExceptions()
        .until(() -> admin.createTopics(List.of(activity)).all().get() == null);
    TopicAdmin.awaitLeaders(admin, List.of(activity));
    assertThat(cluster.look())
        .isEqualTo(
            "topic \"ga.activity\" was deleted and created again while the service ran; its unread"
                + " records are lost");
    assertThat(cluster.look()).isNull();
    assertThat(cluster.lost()).contains("\"ga.activity\" was deleted and created again");
  }

  @Test
  void recordsThatAreRemoved_beforeTheirCommitIsVisible_areNotUnread() throws Exception {
    TopicPartition at = new TopicPartition("uc.detect-findings-repartition", 0);
    admin.createTopics(List.of(new NewTopic(at.topic(), 1, (short) 1))).all().get();
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "uc");
    ByteArraySerializer bytes = new ByteArraySerializer();
    UnreadRecords records = UnreadRecords.ofPurged("uc.detect", Set.of(at.topic()));
    try (KafkaConsumer<byte[], byte[]> member = member("uc.detect", "uc");
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      ConsumerGroupMetadata group = member.groupMetadata();
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(at.topic(), new byte[1])).get();
      producer.sendOffsetsToTransaction(Map.of(at, new OffsetAndMetadata(0)), group);
      producer.commitTransaction();
      producer.beginTransaction();
      producer.sendOffsetsToTransaction(Map.of(at, new OffsetAndMetadata(1)), group);
      admin.deleteRecords(Map.of(at, RecordsToDelete.beforeOffset(1))).all().get();
      assertThat(records.look(admin)).isNull();
      producer.commitTransaction();
    }
    admin.deleteRecords(Map.of(at, RecordsToDelete.beforeOffset(2))).all().get();
    await().until(() -> records.look(admin) != null);
  }

  @Test
  void saysThatBrokersAreSilent_onceTheyAreForLong_whereTheClusterAnswers() throws Exception {
    Map<String, String> environment =
        Map.of(
            "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
            broker.bootstrapServers(),
            "LOCKSTEP_KAFKA_TOPIC_PREFIX",
            "silent.");
    Topics.ensure(admin, "silent.", 4, (short) 1);
    AtomicBoolean isSilent = new AtomicBoolean();
    AtomicLong now = new AtomicLong();
    Cluster cluster =
        new Cluster(
            Config.read(null, environment).kafka(),
            why -> {},
            () -> withoutGroups(isSilent),
            now::get);
    cluster.watchReading("silent.detect", "silent.activity");
    assertThat(cluster.look()).isNull();
    isSilent.set(true);
    assertThat(cluster.look()).isNull();
    now.addAndGet(BrokerSilence.TOLERATED.toNanos() - 1);
    assertThat(cluster.look()).isNull();
    now.addAndGet(1);
    assertThat(cluster.look())
        .contains("answers, but brokers that lead its partitions or coordinate its groups do not")
        .contains("; start these brokers");
    isSilent.set(false);
    assertThat(cluster.look()).isNull();
    isSilent.set(true);
    assertThat(cluster.look()).isNull();
  }

  /** Returns an admin client that gets no answer of a group's coordinator while it is silent. */
  private static Admin withoutGroups(AtomicBoolean isSilent) {
    Admin real = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              if (isSilent.get() && method.getName().equals("listConsumerGroupOffsets")) {
                throw new TimeoutException("no answer");
              }
              return method.invoke(real, arguments);
            });
  }

  @Test
  void namesTheChangelogs_withTheIdOfTheCluster() throws Exception {
    Cluster cluster = cluster("gc.");
    cluster.prepare();
    assertThat(cluster.changelogs()).isEmpty();
    String name = "gc.detect-findings-changelog";
    admin.createTopics(List.of(new NewTopic(name, 4, (short) 1))).all().get();
    await().until(() -> cluster.changelogs().containsKey(name));
    assertThat(cluster.changelogs())
        .containsOnlyKeys(name)
        .containsValue(
            admin.describeCluster().clusterId().get()
                + "/"
                + requireNonNull(
                        admin.describeTopics(List.of(name)).allTopicNames().get().get(name))
                    .topicId());
  }

  @Test
  void saysFromWhereSourcesAreRead_whereTheTopicOfPositionsWasDeleted() throws Exception {
    Cluster cluster = cluster("gp.");
    cluster.prepare();
    admin.deleteTopics(List.of("gp.positions")).all().get();
    await().until(() -> cluster.cause() != null);
    assertThat(cluster.cause())
        .contains("\"gp.positions\" was deleted while the service ran")
        .contains("may read a source again from the point that the source's key \"from\" gives");
  }

  @Test
  void saysWhichTopicsWereDeleted_whileNoInstanceRan() throws Exception {
    cluster("l.").prepare();
    List<String> internal =
        DetectionTopology.internalTopics(new TopologyLayout("l.", 4)).stream()
            .filter(name -> !name.equals("l.detect-principals-changelog"))
            .toList();
    admin.createTopics(internal.stream().map(name -> new NewTopic(name, 4, (short) 1)).toList());
    Cluster first = cluster("l.");
    first.prepare();
    assertThat(first.lost()).as("nothing was committed yet").isNull();
    admin
        .alterConsumerGroupOffsets(
            "l.detect", Map.of(new TopicPartition("l.activity", 0), new OffsetAndMetadata(7)))
        .all()
        .get();
    admin.deleteTopics(List.of("l.positions")).all().get();
    await().until(() -> !admin.listTopics().names().get().contains("l.positions"));
    Cluster cluster = cluster("l.");
    cluster.prepare();
    assertThat(cluster.lost())
        .contains(
            "missing at the start, although the role detect has worked with them:"
                + " \"l.detect-principals-changelog\", \"l.positions\"; they are created again");
    admin.deleteTopics(internal).all().get();
    await().until(() -> admin.listTopics().names().get().stream().noneMatch(internal::contains));
    Cluster anew = cluster("l.");
    anew.prepare();
    assertThat(anew.lost()).as("an upgrade deletes all internal topics").isNull();
  }

  @Test
  void warnsOfATopicThatWasAltered_untilItIsAsBefore() throws Exception {
    Cluster cluster = cluster("i.");
    cluster.prepare();
    alter("i.positions", "delete");
    look(cluster);
    assertThat(cluster.warnings())
        .singleElement()
        .asString()
        .startsWith("the next start of an instance will fail: could not use the existing topic: ")
        .contains(
            "\"i.positions\" has cleanup.policy \"delete\" and not \"compact\"; alter the setting");
    alter("i.positions", "compact");
    look(cluster);
    assertThat(cluster.warnings()).isEmpty();
  }

  @Test
  void warnsOfAnInternalTopic_fromWhichUnreadRecordsAreRemoved() throws Exception {
    String topic = "ir.detect-findings-repartition";
    Cluster cluster = cluster("ir.");
    cluster.prepare();
    create(topic, Map.of("cleanup.policy", "delete", "retention.ms", "-1"));
    assertThat(setting(topic, "retention.ms")).isEqualTo("-1");
    look(cluster);
    assertThat(cluster.warnings()).isEmpty();
    alter(topic, "retention.ms", "60000");
    look(cluster);
    assertThat(cluster.warnings())
        .singleElement()
        .asString()
        .isEqualTo(
            "records may be removed before they are read: the internal topic \""
                + topic
                + "\" has retention.ms \"60000\" and not \"-1\"; alter the setting (kafka-configs.sh"
                + " --bootstrap-server HOST:PORT --alter --topic "
                + topic
                + " --add-config retention.ms=-1)");
    assertThat(TopicChecks.look(admin, "ir.", 4, "HOST:PORT").problems())
        .filteredOn(problem -> problem.check().equals("topic " + topic))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.what())
                    .isEqualTo(
                        "retention.ms is 60000 and not -1, so Kafka may remove records before"
                            + " detect reads them"));
    alter(topic, "retention.ms", "-1");
    look(cluster);
    assertThat(cluster.warnings()).isEmpty();
  }

  @Test
  void tellsThatRecordsOfAChangelogWereRemoved_alsoAfterTheSettingIsRepaired() throws Exception {
    String topic = "is.detect-subjects-changelog";
    Cluster cluster = cluster("is.");
    cluster.prepare();
    create(topic, Map.of("cleanup.policy", "compact"));
    write(topic, 5);
    look(cluster);
    assertThat(cluster.removedState()).isNull();
    alter(topic, "compact,delete");
    TopicPartition partition = new TopicPartition(topic, 0);
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3))).all().get();
    alter(topic, "compact");
    look(cluster);
    assertThat(cluster.warnings()).isEmpty();
    assertThat(cluster.removedState())
        .endsWith(
            ": records of the changelog \"is.detect-subjects-changelog\" were removed by"
                + " retention or by hand, so state that is restored from the changelog is"
                + " incomplete (is.detect-subjects-changelog-0); set cleanup.policy of the"
                + " changelog to compact, and see \"Rebuild\" in docs/operations.md");
    Cluster afterARestart = cluster("is.");
    afterARestart.prepare();
    look(afterARestart);
    assertThat(afterARestart.removedState()).contains(topic);
  }

  private static void create(String topic, Map<String, String> configs) throws Exception {
    List<NewTopic> topics = List.of(new NewTopic(topic, 4, (short) 1).configs(configs));
    admin.createTopics(topics).all().get();
    TopicAdmin.awaitLeaders(admin, topics);
  }

  private static void write(String topic, int records) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, 0, new byte[] {(byte) i}, new byte[] {1})).get();
      }
    }
  }

  @Test
  void warnsOfATopicOfPublishedRules_thatWasAltered() throws Exception {
    Cluster cluster = cluster("l.");
    cluster.prepare();
    NewTopic rules = new Topics("l.").newRules((short) 1);
    admin.createTopics(List.of(rules)).all().get();
    TopicAdmin.awaitLeaders(admin, List.of(rules));
    assertThat(setting("l.rules", "cleanup.policy")).isEqualTo("compact");
    look(cluster);
    assertThat(cluster.warnings()).isEmpty();
    alter("l.rules", "delete");
    look(cluster);
    assertThat(cluster.warnings())
        .singleElement()
        .asString()
        .startsWith(
            "the next start of an instance whose rules.topic is true will fail: could not use the existing topic: ")
        .contains(
            "\"l.rules\" has cleanup.policy \"delete\" and not \"compact\"; alter the setting");
    assertThat(TopicSurvey.of(admin, "l.", 4, (short) 1))
        .anySatisfy(
            state ->
                assertThat(state)
                    .isInstanceOfSatisfying(
                        TopicState.Unfit.class,
                        unfit -> assertThat(unfit.name()).isEqualTo("l.rules")));
    alter("l.rules", "compact");
    look(cluster);
    assertThat(cluster.warnings()).isEmpty();
  }

  @Test
  void warnsOfAMember_whoseClientIdHasAnotherMark() throws Exception {
    Cluster cluster = cluster("j.");
    cluster.prepare();
    try (KafkaConsumer<byte[], byte[]> member = member("j.group", "settings-00112233aabb")) {
      member.subscribe(List.of("j.activity"));
      while (member.assignment().isEmpty()) {
        ConsumerRecords<byte[], byte[]> none = member.poll(Duration.ofMillis(100));
        assertThat(none).isEmpty();
      }
      cluster.compare("j.group", "settings-00112233aabb");
      look(cluster);
      assertThat(cluster.warnings()).isEmpty();
      cluster.compare("j.group", "settings-ffeeddccbbaa");
      look(cluster);
      assertThat(cluster.warnings()).singleElement().asString().contains("has other settings");
    }
  }

  @Test
  void refusesATransactionTimeout_thatTheBrokersDoNotAllow() throws Exception {
    refusesTimeout("transaction.timeout.ms");
    refusesTimeout("producer.transaction.timeout.ms");
  }

  private static void refusesTimeout(String key) throws Exception {
    String variable = key.toUpperCase(Locale.ROOT).replace('.', '_');
    Cluster cluster =
        new Cluster(
            Config.read(
                    null,
                    Map.of(
                        "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
                        broker.bootstrapServers(),
                        "LOCKSTEP_KAFKA_TOPIC_PREFIX",
                        "k.",
                        "LOCKSTEP_KAFKA_PROPERTIES_" + variable,
                        "99999999"))
                .kafka(),
            loss -> {});
    assertThatThrownBy(cluster::prepare)
        .isInstanceOf(OperatorException.class)
        .hasMessage(
            "could not start: "
                + key
                + " in kafka.properties is 99999999, and the"
                + " brokers allow at most 900000 (transaction.max.timeout.ms); write a smaller"
                + " number, or remove the property");
  }

  private static void alter(String topic, String cleanup) throws Exception {
    alter(topic, "cleanup.policy", cleanup);
  }

  private static void alter(String topic, String key, String value) throws Exception {
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
    await().until(() -> setting(topic, key).equals(value));
  }

  /** Looks so often that the settings are among what is looked at. */
  private static void look(Cluster cluster) {
    for (int i = 0; i < Cluster.LOOKS_PER_COMPARISON; i++) {
      assertThat(cluster.look()).isNull();
    }
  }

  @Test
  void leavesAGroup_forThreadsThatDidNot() throws Exception {
    admin.createTopics(List.of(new NewTopic("h.any", 1, (short) 1))).all().get();
    try (KafkaConsumer<byte[], byte[]> member = member("h.group", "own-1")) {
      member.subscribe(List.of("h.any"));
      while (member.assignment().isEmpty()) {
        ConsumerRecords<byte[], byte[]> none = member.poll(Duration.ofMillis(100));
        assertThat(none).isEmpty();
      }
    }
    cluster("h.").leave("h.group", "another");
    assertThat(members("h.group")).containsExactly("own-1");
    cluster("h.").leave("h.group", "own");
    assertThat(members("h.group")).isEmpty();
  }

  private static Cluster cluster(String prefix) {
    Config config =
        Config.read(
            null,
            Map.of(
                "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
                broker.bootstrapServers(),
                "LOCKSTEP_KAFKA_TOPIC_PREFIX",
                prefix));
    return new Cluster(config.kafka(), loss -> {});
  }

  private static KafkaConsumer<byte[], byte[]> member(String group, String instanceId) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "group.id", group,
            "group.instance.id", instanceId,
            "client.id", instanceId),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static List<String> members(String group) throws Exception {
    var described = admin.describeConsumerGroups(List.of(group)).all().get();
    return requireNonNull(described.get(group)).members().stream()
        .map(member -> member.groupInstanceId().orElse(""))
        .toList();
  }

  private static int partitions(String topic) throws Exception {
    var described = admin.describeTopics(List.of(topic)).allTopicNames().get();
    return requireNonNull(described.get(topic)).partitions().size();
  }

  private static String setting(String topic, String key) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var configs = admin.describeConfigs(List.of(resource)).all().get();
    return requireNonNull(configs.get(resource)).get(key).value();
  }
}
