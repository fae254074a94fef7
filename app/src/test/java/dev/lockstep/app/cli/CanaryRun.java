package dev.lockstep.app.cli;

import dev.lockstep.app.Main;
import dev.lockstep.app.terminal.ErrorOutput;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that runs every command on one wrong configuration after the other, each with a secret
 * where none belongs. Arguments: a folder, and which of how many configurations to take.
 */
final class CanaryRun {
  /** What must not be seen again; whole, and their first half. */
  static final List<String> CANARIES =
      List.of(
          "zqenv-canary words of a secret",
          "zqfile-canary in a file",
          "q7ZkX2v9Lw4Tn8Rb1Yc5Md3Hs6Gf0Jp2aE7uKoWiV4Q=",
          "zqUserInfo4711",
          "zqjaasword4711",
          "eyJ0eXAiOiJKV1QifQ.zqtoken4711.c2ln",
          "zqpasswd4711");

  private static final String ENV = "CANARY_VALUE";
  private static final long TIMEOUT_MILLIS = 2_500;

  private static final String BASE =
      """
      geoip:
        city: city.mmdb
        asn: asn.mmdb
        anonymous: anonymous.mmdb
      networks: networks.csv
      bundledNetworks: true
      partners: partners.yaml
      exceptions: exceptions.yaml
      rules:
        directories: my-rules
        setCap: 256
        repeatSeconds: 1
        impossible-travel:
          enabled: true
          minDistanceKm: 500
        token-replay:
          maxHours: 24
      sources:
        - name: signins
          type: event-hubs-kafka
          namespace: 127.0.0.1
          hub: insights
          auth: client-secret
          tenantId: tenant
          clientId: client
          clientSecret: secret-value
          from: earliest
        - name: local
          type: kafka
          bootstrapServers: 127.0.0.1:1
          topic: signins
          arrival: header
          properties:
            sasl.jaas.config: none
            security.protocol: PLAINTEXT
            retries: 1
        - name: connected
          type: event-hubs-kafka
          hub: insights
          auth: connection-string
          connectionString: Endpoint=sb://127.0.0.1/;SharedAccessKeyName=n;SharedAccessKey=k
      kafka:
        bootstrapServers: 127.0.0.1:1
        topicPrefix: lockstep.
        stateDir: state
        partitions: 4
        replication: 1
        properties:
          ssl.truststore.location: none
          ssl.keystore.password: none
          sasl.mechanism: PLAIN
          default.api.timeout.ms: 1000
          request.timeout.ms: 1000
      sentinel:
        endpoint: http://127.0.0.1:1
        ruleId: dcr-0
        stream: Custom-X_CL
        auth: none
      sinks:
        - name: archive
          type: file
          path: rows.jsonl
        - name: hook
          type: webhook
          url: http://127.0.0.1:1/
          secret: a-secret-of-32-characters-or-more
      metrics:
        host: 127.0.0.1
        port: 0
      limits:
        decompressionRatio: 500
      heartbeat:
        interval: 60s
      """;

  private CanaryRun() {}

  public static void main(String[] arguments) throws Exception {
    ErrorOutput.install();
    Path folder = Path.of(arguments[0]);
    int every = Integer.parseInt(arguments[1]);
    List<String> configurations = configurations(folder);
    int ran = 0;
    int commands = 0;
    ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("canary"));
    for (int i = 0; i < configurations.size(); i += every) {
      Path file = Files.writeString(folder.resolve("lockstep.yaml"), configurations.get(i));
      List<Future<?>> running = new ArrayList<>();
      for (String[] command : commands(folder, file)) {
        running.add(threads.submit(() -> Main.run(Main.commandLine(), command)));
        commands++;
      }
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
      for (Future<?> each : running) {
        try {
          each.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          each.cancel(true);
        }
      }
      ran++;
    }
    CompletableFuture.runAsync(() -> {}).join();
    Files.writeString(folder.resolve("done"), ran + " " + commands);
    System.out.flush();
    Runtime.getRuntime().halt(0); // whoever still waits for a cluster
  }

  private static List<String[]> commands(Path folder, Path config) {
    String file = config.toString();
    String capture = folder.resolve("capture.jsonl").toString();
    String detections = folder.resolve("detections.jsonl").toString();
    return List.of(
        new String[] {"doctor", "--config", file},
        new String[] {"doctor", "--json", "--config", file},
        new String[] {"run", "--config", file},
        new String[] {"run", "--role", "forward", "--config", file},
        new String[] {"replay", "--quiet", "--config", file, capture},
        new String[] {"replay", "--quiet", "--json", "--config", file, capture},
        new String[] {"positions", "--config", file},
        new String[] {"capture", "--config", file, "--output", folder + "/out", "--for", "1s"},
        new String[] {"explain", "--quiet", "--config", file, "--principal", "u1", capture},
        new String[] {"cost", "--quiet", "--config", file, capture},
        new String[] {"records", "--quiet", "--config", file, capture},
        new String[] {"accept", "--config", file, "--detections", detections, "abcdefgh"},
        new String[] {"accept", "--config", file, "abcdefgh"},
        new String[] {"networks", "suggest", "--quiet", "--config", file, capture},
        new String[] {"networks", "import", "--config", file, capture},
        new String[] {"config", "show", "--config", file},
        new String[] {"config", "show", "--json", "--config", file},
        new String[] {"rules", "--config", file});
  }

  /** Returns the base with each value in turn replaced in each way. */
  static List<String> configurations(Path folder) throws IOException {
    Files.writeString(folder.resolve("secret.txt"), CANARIES.get(1) + "\n");
    List<String> ways =
        List.of(
            "${env:" + ENV + "}",
            "${file:secret.txt}",
            "Endpoint=sb://h.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey="
                + CANARIES.get(2),
            "https://user:" + CANARIES.get(3) + "@127.0.0.1:1/x?password=" + CANARIES.get(6),
            "org.apache.kafka.common.security.plain.PlainLoginModule username=\"u\" password=\""
                + CANARIES.get(4)
                + "\"",
            "Bearer " + CANARIES.get(5));
    List<String> lines = BASE.lines().toList();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int colon = line.indexOf(": ");
      if (colon < 0) {
        continue;
      }
      for (String way : ways) {
        List<String> changed = new ArrayList<>(lines);
        changed.set(i, line.substring(0, colon + 2) + "'" + way + "'");
        all.add(String.join("\n", changed) + "\n");
      }
    }
    for (String way : ways) { // where a key belongs, or nothing is YAML
      all.add("kafka:\n  '" + way + "': 1\n");
      all.add("kafka:\n  " + way.replace(":", "") + "\n");
      all.add("sentinel: *" + CANARIES.get(6) + "\n");
      all.add("sources:\n  - '" + way + "'\n");
    }
    return all;
  }

  static String environmentName() {
    return ENV;
  }
}
