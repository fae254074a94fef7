package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.ClientProperties;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedRulesIT {
  private static final String PASSWORD = "a password of the reader";

  @TempDir Path folder;

  @Test
  void readsATopicThatSomeoneElseMade_withoutTheRightToCreateIt() throws Exception {
    LocalBroker.Options options =
        LocalBroker.Options.DEFAULT
            .withSasl(PASSWORD)
            .withSettings(
                Map.of(
                    "authorizer.class.name",
                    "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                    "super.users",
                    "User:ANONYMOUS"));
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, options)) {
      Config.Kafka owner = kafka(broker.bootstrapServers(), Map.of());
      Config.Kafka reader = kafka(broker.saslBootstrapServers(), login(PASSWORD));
      assertThatThrownBy(() -> open(kafka(broker.saslBootstrapServers(), login("wrong"))))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("could not look for the topic \"lockstep.rules\" (")
          .hasMessageContaining("; check the login in kafka.properties");
      assertThatThrownBy(() -> open(reader))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("could not create the topic \"lockstep.rules\"");

      TreeMap<String, byte[]> files = new TreeMap<>();
      files.put("role.yml", "title: x".getBytes(StandardCharsets.UTF_8));
      PublishedRules.publish(owner, files, "h1");
      try (Admin admin = Admin.create(owner.clientSettings())) {
        admin
            .createAcls(List.of(mayRead(AclOperation.READ), mayRead(AclOperation.DESCRIBE)))
            .all()
            .get();
      }
      try (PublishedRules rules = open(reader)) {
        SortedMap<String, byte[]> latest = rules.latest();
        assertThat(latest).isNotNull();
        assertThat(latest).containsOnlyKeys("role.yml");
        assertThat(rules.poll(Duration.ZERO)).isNull();
      }
    }
  }

  private static Map<String, String> login(String password) {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
            + LocalBroker.SASL_USER
            + "\" password=\""
            + password
            + "\";");
  }

  @Test
  void refusesATopicFromWhichKafkaRemovesRules() throws Exception {
    try (LocalBroker broker =
            LocalBroker.start(folder.resolve("broker"), 0, LocalBroker.Options.DEFAULT);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      for (String policy : List.of("delete", "compact,delete")) {
        String prefix = policy.replace(',', '-') + ".";
        NewTopic topic = new NewTopic(prefix + "rules", 1, (short) 1);
        admin.createTopics(List.of(topic.configs(Map.of("cleanup.policy", policy)))).all().get();
        TopicAdmin.awaitLeaders(admin, List.of(topic));
        Config.Kafka kafka =
            new Config.Kafka(
                broker.bootstrapServers(),
                prefix,
                folder,
                1,
                (short) 1,
                new ClientProperties(Map.of()));
        String refusal =
            "could not use the existing topic: \"%1$s\" has cleanup.policy \"%2$s\" and not \"compact\"; alter the setting (kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic %1$s --add-config cleanup.policy=compact), or choose another kafka.topicPrefix"
                .formatted(prefix + "rules", policy);
        assertThatThrownBy(() -> open(kafka))
            .isInstanceOf(OperatorException.class)
            .hasMessage(refusal);
        assertThatThrownBy(() -> PublishedRules.publish(kafka, new TreeMap<>(), "h1"))
            .isInstanceOf(OperatorException.class)
            .hasMessage(refusal);
      }
    }
  }

  private static PublishedRules open(Config.Kafka kafka) {
    return new PublishedRules(kafka);
  }

  private Config.Kafka kafka(String servers, Map<String, String> properties) {
    return new Config.Kafka(
        servers, "lockstep.", folder, 1, (short) 1, new ClientProperties(properties));
  }

  private static AclBinding mayRead(AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, "lockstep.rules", PatternType.LITERAL),
        new AccessControlEntry(
            "User:" + LocalBroker.SASL_USER, "*", operation, AclPermissionType.ALLOW));
  }
}
