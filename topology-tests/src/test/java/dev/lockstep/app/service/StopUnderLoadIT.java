package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM ends a service within 15 s while messages flow and its sink never answers. */
final class StopUnderLoadIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int TIMES = 10;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration PROMISED = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  void endsWithinFifteenSeconds_underLoadAndAHangingSink() throws Exception {
    assertThat(stops(1)).allMatch(each -> each.compareTo(PROMISED) < 0);
  }

  @Test
  @Tag("long")
  void endsWithinFifteenSeconds_underLoadAndAHangingSink_tenTimes() throws Exception {
    assertThat(stops(TIMES)).allMatch(each -> each.compareTo(PROMISED) < 0);
  }

  private List<Duration> stops(int times) throws Exception {
    List<Duration> all = new ArrayList<>();
    AtomicBoolean flowing = new AtomicBoolean(true);
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        HangingSink sink = new HangingSink();
        Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        Travellers travellers = new Travellers(broker.bootstrapServers(), TOPIC, PREFIX)) {
      broker.createTopic(TOPIC);
      Thread load = new Thread(() -> flow(travellers, flowing), "load");
      load.start();
      Path config = config(broker, sink);
      Path log = folder.resolve("service.log");
      for (int i = 1; i <= times; i++) {
        int requests = sink.requests();
        try (ServiceProcess running = ServiceProcess.start(config, log)) {
          await("a request to hang; " + log)
              .atMost(TIMEOUT)
              .until(() -> sink.requests() > requests);
          long before = onlooker.read(PREFIX, TOPIC);
          await("messages to be read")
              .atMost(TIMEOUT)
              .until(() -> onlooker.read(PREFIX, TOPIC) > before);
          Duration took = running.terminate(TIMEOUT);
          System.out.printf("stop %d: ended after %.1f s%n", i, took.toMillis() / 1000.0);
          all.add(took);
          assertThat(folder.resolve("state/instance-0/running")).as("a clean end").doesNotExist();
        }
        assertThat(onlooker.members(PREFIX + "detect")).as("members left behind").isEmpty();
        assertThat(onlooker.members(PREFIX + "ingest-" + TOPIC)).isEmpty();
      }
      flowing.set(false);
      load.join();
    }
    return all;
  }

  private static void flow(Travellers travellers, AtomicBoolean flowing) {
    try {
      while (flowing.get()) {
        travellers.send(20);
      }
    } catch (Exception e) {
      throw new IllegalStateException("the load has ended", e);
    }
  }

  /** A service that takes connections and says nothing. */
  private static final class HangingSink implements AutoCloseable {
    private final ServerSocket socket;
    private final List<Socket> held = new CopyOnWriteArrayList<>();

    HangingSink() throws IOException {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(this::take, "hanging-sink");
      thread.setDaemon(true);
      thread.start();
    }

    private void take() {
      try {
        while (true) {
          held.add(socket.accept());
        }
      } catch (IOException e) {
        // closed
      }
    }

    int requests() {
      return held.size();
    }

    String endpoint() {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      socket.close();
      for (Socket each : held) {
        each.close();
      }
    }
  }

  private Path config(TestBroker broker, HangingSink sink) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - {name: signins, type: kafka, bootstrapServers: "%1$s", topic: signins}
        kafka: {bootstrapServers: "%1$s", stateDir: state}
        sentinel: {endpoint: "%2$s", ruleId: %3$s, stream: %4$s, auth: none}
        metrics: {port: 0}
        """
            .formatted(
                broker.bootstrapServers(),
                sink.endpoint(),
                FakeLogsIngestionApi.RULE_ID,
                FakeLogsIngestionApi.STREAM));
    return file;
  }
}
