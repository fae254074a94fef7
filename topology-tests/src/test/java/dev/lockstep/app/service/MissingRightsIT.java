package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.PlayedTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster that grants what the operations page lists, and then less: ready and the log name the
 * right, and the service goes on once it is there.
 */
final class MissingRightsIT {
  private static final String TOPIC = "signins";
  private static final String PASSWORD = "rights";
  private static final int USERS = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(150);

  /** Longer than six threads in a row take to fail, after which a process ends for other causes. */
  private static final Duration WITHOUT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private LocalBroker broker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker =
        LocalBroker.start(
            folder.resolve("broker"),
            0,
            CalmBroker.with(
                    Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users",
                        "User:ANONYMOUS"))
                .withSasl(PASSWORD));
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    PlayedTopic.create(broker.bootstrapServers(), TOPIC, 4);
    List<AclBinding> granted = new ArrayList<>();
    for (AclOperation operation :
        List.of(
            AclOperation.CREATE,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.READ,
            AclOperation.WRITE)) {
      granted.add(allowed(ResourceType.TOPIC, "lockstep.", operation));
    }
    granted.add(allowed(ResourceType.TOPIC, "lockstep.detect-", AclOperation.DELETE));
    granted.add(allowed(ResourceType.GROUP, "lockstep.", AclOperation.READ));
    granted.add(allowed(ResourceType.TRANSACTIONAL_ID, "lockstep.", AclOperation.DESCRIBE));
    granted.add(allowed(ResourceType.TRANSACTIONAL_ID, "lockstep.", AclOperation.WRITE));
    granted.add(allowed(ResourceType.TOPIC, TOPIC, AclOperation.READ));
    admin.createAcls(granted).all().get();
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void namesTheRightThatDetectLacks_andGoesOnOnceItIsThere() throws Exception {
    AclBinding group = denied(ResourceType.GROUP, "lockstep.detect", AclOperation.READ);
    AclBinding topic = denied(ResourceType.TOPIC, "lockstep.detections", AclOperation.WRITE);
    AclBinding transactions =
        denied(ResourceType.TRANSACTIONAL_ID, "lockstep.detect", AclOperation.WRITE);
    admin.createAcls(List.of(group)).all().get();
    Path log = folder.resolve("service.log");
    try (ServiceProcess running = ServiceProcess.start(config(), log);
        Travellers travellers = new Travellers(broker.bootstrapServers(), TOPIC, "lockstep.")) {
      staysWithout(
          running, "access group: lockstep.detect", "grant the credential Read on the groups");
      admin.deleteAcls(List.of(group.toFilter())).all().get();
      await("to be ready; " + log).atMost(TIMEOUT).until(running::isReady);
      travellers.detect(USERS, TIMEOUT);

      for (AclBinding each : List.of(topic, transactions)) {
        admin.createAcls(List.of(each)).all().get();
        Set<String> users = travellers.send(USERS);
        staysWithout(
            running, "lacks a right on the cluster", "grant the credential", "Write on the t");
        admin.deleteAcls(List.of(each.toFilter())).all().get();
        await("to be ready again; " + log).atMost(TIMEOUT).until(running::isReady);
        await("what came meanwhile; " + log)
            .atMost(TIMEOUT)
            .until(() -> travellers.missing(users).isEmpty());
      }
    }
  }

  @Test
  void namesTheTopicWhoseSettingsItMayNotRead() throws Exception {
    admin
        .createAcls(
            List.of(
                denied(ResourceType.TOPIC, "lockstep.quarantine", AclOperation.DESCRIBE_CONFIGS)))
        .all()
        .get();
    Path log = folder.resolve("service.log");
    try (ServiceProcess running = ServiceProcess.start(config(), log)) {
      await("the end; " + log).atMost(TIMEOUT).until(() -> !running.isAlive());
      assertThat(running.log())
          .contains("no right to DescribeConfigs of topic lockstep.quarantine")
          .contains("grant the credential Create, Describe, DescribeConfigs, Read and Write");
    }
  }

  private static void staysWithout(ServiceProcess running, String... words) throws Exception {
    await("the reason").atMost(TIMEOUT).until(() -> says(running, words));
    await("to stay without the right")
        .during(WITHOUT)
        .atMost(WITHOUT.multipliedBy(2))
        .until(() -> running.isAlive() && says(running, words));
    assertThat(running.isLive()).isTrue();
  }

  private static boolean says(ServiceProcess running, String... words) throws Exception {
    String reason = running.notReady();
    for (String word : words) {
      if (!reason.contains(word)) {
        return false;
      }
    }
    return true;
  }

  private static AclBinding allowed(ResourceType type, String prefix, AclOperation operation) {
    return acl(type, prefix, PatternType.PREFIXED, operation, AclPermissionType.ALLOW);
  }

  private static AclBinding denied(ResourceType type, String name, AclOperation operation) {
    PatternType pattern =
        type == ResourceType.TRANSACTIONAL_ID ? PatternType.PREFIXED : PatternType.LITERAL;
    return acl(type, name, pattern, operation, AclPermissionType.DENY);
  }

  private static AclBinding acl(
      ResourceType type,
      String name,
      PatternType pattern,
      AclOperation operation,
      AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:" + LocalBroker.SASL_USER, "*", operation, permission));
  }

  private Path config() throws IOException {
    String properties =
        "properties: {security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: '%s'}"
            .formatted(
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                    .formatted(LocalBroker.SASL_USER, PASSWORD));
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - {name: signins, type: kafka, bootstrapServers: "%1$s", topic: signins, %2$s}
        kafka: {bootstrapServers: "%1$s", stateDir: state, %2$s}
        metrics: {port: 0}
        """
            .formatted(broker.saslBootstrapServers(), properties));
    return file;
  }
}
