package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigRefusalsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kafka: {bootstrapServer: 'a:1'} | :1: unknown key \"kafka.bootstrapServer\"; the nearest"
            + " known one is \"kafka.bootstrapServers\"",
        "rules: {impossible-travle: {}} | :1: unknown key \"rules.impossible-travle\"; the nearest"
            + " known one is \"rules.impossible-travel\"",
        "kafka: {partitions: many} | :1: kafka.partitions \"many\" is not a whole number; give a"
            + " whole number from 1 to 1024",
        "kafka: {partitions: 99999999999999999999} | :1: kafka.partitions \"99999999999999999999\""
            + " is out of range; give a whole number from 1 to 1024",
        "kafka: {partitions: 0} | :1: kafka.partitions \"0\" is out of range; give a whole number"
            + " from 1 to 1024",
        "rules: {token-replay: {enabled: sometimes}} | :1: rules.token-replay.enabled \"sometimes\""
            + " is neither true nor false; give true or false",
        "geoip: {city: nowhere.mmdb} | :1: geoip.city \"nowhere.mmdb\" does not name an existing"
            + " file",
        "kafka: 5 | :1: kafka is not a mapping; write keys such as bootstrapServers on"
            + " the lines below",
        "kafka: 'bootstrapServers:localhost:9092' | :1: kafka is not a mapping; write a space after"
            + " the colon of bootstrapServers",
        "kafka: {properties: 5} | :1: kafka.properties is not a mapping; write names and values on"
            + " the lines below",
        "kafka: {partitions: [1]} | :1: kafka.partitions is not a single value; write a single"
            + " value",
        "kafka: {partitions: 1, partitions: 2} | :1: kafka.partitions is written twice",
        "sources: {name: x} | :1: sources is not a list; write each entry after a dash",
        "sources: [{name: x}] | sources[0].type is missing; set it to event-hubs-kafka,"
            + " event-hubs-amqp, kafka or capture",
        "sinks: [{name: x}] | sinks[0].type is missing; set it to webhook, file or kafka",
        "rules: {directories: [mine/]} | :1: rules.directories \"mine/\" does not name an existing"
            + " folder (",
        "rules: {impossible-travle: {}} | :1: unknown key \"rules.impossible-travle\"; the nearest"
            + " known one is \"rules.impossible-travel\"",
        "kafka: {bootstrapServers: 'a:1 b:2'} | :1: kafka.bootstrapServers \"a:1 b:2\" names the"
            + " server \"a:1 b:2\", which is not a host and a port; give HOST:PORT",
        "kafka: {bootstrapServers: 'a:1;b:2'} | :1: kafka.bootstrapServers \"a:1;b:2\" names the"
            + " server \"a:1;b:2\", which is not a host and a port; give HOST:PORT",
        "kafka: {bootstrapServers: 'a:1:2'} | :1: kafka.bootstrapServers \"a:1:2\" names the server"
            + " \"a:1:2\", which is not a host and a port; give HOST:PORT",
        "kafka: {bootstrapServers: 'localhost'} | :1: kafka.bootstrapServers \"localhost\" names"
            + " the server \"localhost\", which is not a host and a port; give HOST:PORT, with a"
            + " port from 1 to 65535; write commas between several servers",
        "kafka: {bootstrapServers: ['a:1', 'b:2']} | :1: kafka.bootstrapServers is not a single"
            + " value; write a single value: HOST:PORT, several with commas",
        "kafka: {bootstrapServers: 'Contoso.ServiceBus.windows.net:9093'} | :1:"
            + " kafka.bootstrapServers \"Contoso.ServiceBus.windows.net:9093\" belongs to Event"
            + " Hubs, which cannot hold Lockstep's state; name a Kafka cluster here",
        "kafka: {properties: {acks: all, acks: 1}} | :1: kafka.properties.acks is written twice",
        "kafka: {replication: 0} | :1: kafka.replication \"0\" is not a number of replicas; give 1"
            + " to 32",
        "kafka: {topicPrefix: 'a b'} | :1: kafka.topicPrefix \"a b\" is not a topic name",
        "kafka: {topicPrefix: '${env:NOT_SET}'} | :1: kafka.topicPrefix names the environment"
            + " variable \"NOT_SET\", which is not set; set the variable for the process of"
            + " Lockstep, or name a file with ${file:PATH}",
        "kafka: {topicPrefix: '${file:none}'} | names the file \"none\", which cannot be read"
            + " (NoSuchFileException); name a file that this process can read and that has the"
            + " value;",
        "kafka: {topicPrefix: '${vault:x}'} | has an unknown reference; write"
            + " ${env:NAME} or ${file:PATH}",
        "kafka: {a: b | :2: is not YAML (",
        "sources: [{name: x, type: event-hubs-amqp}] | sources[0].auth is missing",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: managed-identity, namespace: a.b,"
            + " proxy: {host: p}}] | sources[0].proxy cannot be set for the transport amqp",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: managed-identity, namespace: a.b,"
            + " properties: {a: b}}] | sources[0].properties cannot be set for the type"
            + " event-hubs-amqp",
        "sources: [{name: x, type: event-hubs-kafka, hub: h, auth: managed-identity, namespace:"
            + " a.b, checkpoints: {container: 'https://c/d'}}] | sources[0].checkpoints cannot be"
            + " set for the type event-hubs-kafka",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: managed-identity, namespace: a.b,"
            + " checkpoints: {container: 'http://c/d'}}] | \"http://c/d\" is not the URI of a blob"
            + " container",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: managed-identity, namespace: a.b,"
            + " checkpoints: {container: 'https://c/d/e'}}] | :1: sources[0].checkpoints.container"
            + " \"https://c/d/e\" is not the URI of a blob container; give"
            + " https://ACCOUNT.blob.core.windows.net/CONTAINER without a key, a user name or a"
            + " folder",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: managed-identity, namespace: a.b,"
            + " checkpoints: {container: 'https://u@c/d'}}] | is not the URI of a blob container",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: managed-identity, namespace: a.b,"
            + " checkpoints: {container: 'https://c/d#e'}}] | is not the URI of a blob container",
        "sources: [{name: x, type: event-hubs-amqp, hub: h, auth: connection-string,"
            + " connectionString: s, checkpoints: {container: 'https://c/d'}}] |"
            + " sources[0].checkpoints.auth is missing",
        "sources: [{name: x, type: kafka, bootstrapServers: 'localhost:9092', topic:"
            + " lockstep.activity}] | :1: source \"x\" reads the topic \"lockstep.activity\", to which"
            + " Lockstep writes; name a topic with logs, or choose another kafka.topicPrefix",
        "{kafka: {bootstrapServers: 'k1:9092,k2:9092', topicPrefix: a.}, sources: [{name: x, type:"
            + " kafka, bootstrapServers: 'K2:9092', topic: a.detect-subjects-repartition}]} | reads"
            + " the topic \"a.detect-subjects-repartition\", to which Lockstep writes",
        "sinks: [{name: x, type: kafka, bootstrapServers: '127.0.0.1:9092', topic:"
            + " lockstep.detections}] | :1: sink \"x\" writes to the topic \"lockstep.detections\","
            + " which belongs to Lockstep; name another topic",
        "{sources: [{name: x, type: kafka, bootstrapServers: 'k1:9092', topic: logs}], sinks: [{name:"
            + " y, type: kafka, bootstrapServers: 'k2:9092,K1:9092', topic: logs}]} | sink \"y\""
            + " writes to the topic \"logs\", which source \"x\" reads; name another topic",
        "{sources: [{name: x, type: event-hubs-kafka, hub: logs, auth: managed-identity, namespace:"
            + " n.servicebus.windows.net}], sinks: [{name: y, type: kafka, bootstrapServers:"
            + " 'N.servicebus.windows.net:9093', topic: Logs}]} | sink \"y\" writes to the topic"
            + " \"Logs\", which source \"x\" reads; name another topic",
        "kafka: {properties: {num.stream.threads: 0}} | kafka.properties.num.stream.threads \"0\"",
        "kafka: {properties: {num.stream.threads: two}} | kafka.properties.num.stream.threads \"two\"",
        "kafka: {properties: {max.poll.interval.ms: 9999}} | kafka.properties.max.poll.interval.ms"
            + " \"9999\" is out of range; give a whole number from 10000",
        "kafka: {properties: {main.consumer.max.poll.interval.ms: 1000}} |"
            + " main.consumer.max.poll.interval.ms \"1000\" is out of range",
        "kafka: {properties: {request.timeout.ms: 1}} | kafka.properties.request.timeout.ms \"1\" is"
            + " out of range; give a whole number from 1000",
        "kafka: {properties: {producer.buffer.memory: 1000}} | producer.buffer.memory \"1000\" is out"
            + " of range; give a whole number from 1048576",
        "kafka: {properties: {max.block.ms: 1}} | max.block.ms \"1\" is out of range",
        "kafka: {properties: {default.api.timeout.ms: 1}} | default.api.timeout.ms \"1\" is out of",
        "kafka: {properties: {admin.request.timeout.ms: soon}} | admin.request.timeout.ms \"soon\" is"
            + " not a whole number",
        "sources: [{name: x, type: kafka, bootstrapServers: 'k:9092', topic: t, properties:"
            + " {request.timeout.ms: 999}}] | sources[0].properties.request.timeout.ms \"999\"",
        "sources: [{name: x, type: capture}] | :1: sources[0].path is missing; set it to the"
            + " folder",
        "sources: [{name: x, type: capture, path: 'logs/*.gz'}] | sources[0].path"
            + " \"logs/*.gz\" is a pattern, and no folder has that name; name the folder itself;",
        "sources: [{name: x, type: capture, path: a, from: latest}] | sources[0].from cannot be set"
            + " for the type capture",
        "sources: [{name: x, type: capture, path: a, forwardFrom: now}] | sources[0].forwardFrom"
            + " \"now\" is not a time; give a time like",
        "sources: [{name: x, type: mqtt}] | sources[0].type \"mqtt\" is not known; give one of"
            + " capture, event-hubs-amqp, event-hubs-kafka, kafka",
        "sources: [{name: x, type: kafka, topic: t}] | sources[0].bootstrapServers is missing; set"
            + " it to HOST:PORT",
        "sources: [{name: x, type: kafka, hub: t}] | sources[0].hub cannot be set for the type"
            + " kafka",
        "sources: [{name: '1', type: kafka}] | sources[0].name \"1\" is not a name for a source",
        "sources: [{type: kafka}] | :1: sources[0].name is missing; give the source a unique name",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint:"
            + " 'https://a.ingest.monitor.azure.com', lake: {ruleId: b}} | sentinel.lake.endpoint"
            + " is missing; set it to the logs ingestion",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint:"
            + " 'https://a.ingest.monitor.azure.com', lake: {ruleId: b, endpoint:"
            + " 'https://x.test'}} | sentinel.lake.endpoint \"https://x.test\" is not an ingestion"
            + " host of Azure",
        "sinks: [{name: Sentinel-Lake, type: file, path: a}] | is used twice or reserved",
        "sentinel: {ruleId: dcr-1} | :1: sentinel.endpoint is missing; set it to the logs ingestion"
            + " URI",
        "sentinel: {endpoint: 'https://x.test'} | :1: sentinel.auth is missing; set it to"
            + " managed-identity",
        "sentinel: {auth: none, ruleId: a, endpoint: 'https://x.test'} | sentinel.endpoint"
            + " \"https://x.test\" is not on this machine, and sentinel.auth is \"none\"",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint: 'http://x.test'} |"
            + " would send a token unencrypted; give https://HOST",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint: 'x.test'} | names no host",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint:"
            + " 'https://a.ingest.monitor.azure.com:99999'} | :1: sentinel.endpoint"
            + " \"https://a.ingest.monitor.azure.com:99999\" has a port that does not exist; give a"
            + " port from 1 to 65535, or leave it out",
        "sinks: [{name: x, type: webhook, secret: 0123456789abcdef, url: 'https://x.test:0/a'}] |"
            + " :1: sinks[0].url is not https://HOST/PATH",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint: 'https://x.test/a'} | :1:"
            + " sentinel.endpoint \"https://x.test/a\" has a path, a query, a user or a"
            + " fragment; give https://HOST, or https://HOST:PORT",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint: 'https://x.test'} | :1:"
            + " sentinel.endpoint \"https://x.test\" is not an ingestion host of Azure, so it gets"
            + " no access token; use the logs ingestion URI of the data collection rule, or name"
            + " the host in sentinel.allowedHosts",
        "sentinel: {auth: managed-identity, ruleId: a, allowedHosts: ['*.test'], endpoint:"
            + " 'https://x.test'} | :1: sentinel.allowedHosts \"*.test\" is not a host name; give"
            + " only a host name, such as",
        "sentinel: {auth: managed-identity, ruleId: 'dcr a', endpoint: 'https://x.test'} |"
            + " :1: sentinel.ruleId \"dcr a\" is not the immutable id of a data collection rule; give"
            + " the immutable id",
        "sentinel: {auth: managed-identity, ruleId: 'https://x.test/dcr-1', endpoint:"
            + " 'https://x.test'} | :1: sentinel.ruleId \"https://x.test/dcr-1\" is not the"
            + " immutable id of",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint: 'https://x.test', stream: a/b} |"
            + " :1: sentinel.stream \"a/b\" is not a stream name; give a name such as"
            + " Custom-Name_CL",
        "heartbeat: yes | :1: heartbeat \"yes\" is neither false nor a group of keys; write false to"
            + " turn the group off",
        "heartbeat: {stream: 'a b'} | :1: heartbeat.stream \"a b\" is not a stream name",
        "sentinel: {auth: managed-identity, ruleId: /subscriptions/a, endpoint: 'https://x.test'} |"
            + " sentinel.ruleId \"/subscriptions/a\" is a resource id; give the immutable id",
        "sentinel: {auth: managed-identity, ruleId: a, endpoint: 'https://x.test', clientSecret: s}"
            + " | sentinel.clientSecret cannot be set with auth managed-identity",
        "sentinel: {auth: client-secret, ruleId: a, endpoint: 'https://x.test', clientId: c} |"
            + " sentinel.tenantId is missing",
      })
  void refusesInOneLine_withTheLineAndTheMend(String yaml, String message) throws IOException {
    Path file = write(yaml + "\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith("could not use the configuration: " + file + ":")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1.evil.test", "http://localhost.test", "http://10.0.0.1"})
  void refusesNoAuthentication_elsewhere(String endpoint) throws IOException {
    Path file = write("sentinel: {auth: none, ruleId: a, endpoint: '" + endpoint + "'}\n");
    assertThatThrownBy(() -> Config.read(file, Map.of())).isInstanceOf(OperatorException.class);
  }

  @Test
  void saysThatTheFileIsMissing() {
    Path file = folder.resolve("none.yaml");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessage(
            "could not use the configuration: "
                + file
                + ": there is no such file; name an existing and readable file with --config");
  }

  @Test
  void saysThatNoFileIsNamed_whereTheVariableOfAScriptIsEmpty() {
    for (String name : List.of("", " ")) {
      assertThatThrownBy(() -> Config.find(Path.of(name)))
          .isInstanceOf(OperatorException.class)
          .hasMessage(
              "could not use the configuration: the option --config is empty; give a file, or leave"
                  + " out the option");
    }
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.write(file, new byte[] {'a', ':', (byte) 0xC3, 0x28});
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("the file is not UTF-8");
  }

  @Test
  void neverShowsAValueThatMayBeASecret_whereItHoldsWhatLooksLikeAReference() throws IOException {
    Path file =
        write(
            "sentinel: {endpoint: 'https://x.test', ruleId: a, auth: client-secret, tenantId: t,"
                + " clientId: c, clientSecret: 'hunter2${x'}\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(":1: sentinel.clientSecret has an unknown reference")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void refusesWhatLiesTooDeepWithinItself() throws IOException {
    Path file = write("[".repeat(200_000) + "\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageEndingWith(
            "are nested too deep; use fewer levels, or name another file with --config");
  }

  @Test
  void refusesAFileThatIsTooLarge_orAFolder() throws IOException {
    Path file = write("# ".repeat(1 << 20) + "\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("larger than 1 MiB");
    assertThatThrownBy(() -> Config.read(folder, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("it is a folder");
  }

  @Test
  void answersWithAConfigurationOrOneLine_whateverTheFileHolds() throws IOException {
    String sample =
        """
        rules: {setCap: 256, impossible-travel: {enabled: true, minDistanceKm: 500}}
        sources:
          - {name: local, type: kafka, bootstrapServers: "localhost:9092", topic: signins}
          - &a {name: b, type: event-hubs-kafka, hub: h, auth: connection-string, connectionString: x}
        kafka: {bootstrapServers: "a:1", topicPrefix: "x.", properties: {client.id: me}}
        sentinel: {endpoint: "https://x.test", ruleId: dcr-1, auth: managed-identity}
        """;
    String alphabet = "{}[]:,&*!|>'\"%@`#-? \n\t$\u0000\u001b\u202eé0aA";
    long seed = 20261101;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder(sample);
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          default -> text.deleteCharAt(at);
        }
      }
      Path file = write(text.toString());
      try {
        assertThat(Config.read(file, Map.of())).isNotNull();
      } catch (OperatorException e) {
        assertThat(e.getMessage())
            .as("seed %d round %d", seed, round)
            .doesNotContain("\n", "\u001b");
      }
    }
  }

  @Test
  void refusesACap_ofARuleThatIsNone() throws IOException {
    Path file = write("sentinel: {maxRowsPerHour: {impossible-travl: 500}}\n");
    assertThatThrownBy(() -> Config.read(file, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("endpoint");
    Path other =
        write(
            "sentinel: {endpoint: 'http://127.0.0.1:1', ruleId: dcr-1, auth: none, maxRowsPerHour:"
                + " {impossible-travl: 500}}\n");
    assertThatThrownBy(() -> Config.read(other, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("nearest known one is \"sentinel.maxRowsPerHour.impossible-travel\"");
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("lockstep.yaml"), yaml, UTF_8);
  }
}
