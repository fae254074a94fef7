package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.ingest.kafka.SourceMessages;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint that lets the client in, and resets its connection at the first newer request. */
final class EventHubsHangUpIT {
  private static final String HUB = "insights-logs-signinlogs";
  private static final String PREFIX = "lockstep.";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String SECRET =
      "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=cmlnaHQ=";

  @TempDir Path folder;

  @Test
  void namesTheWayOut_whereTheEndpointDropsAuthenticatedClients_andReadsOnceItDoesNot()
      throws Exception {
    try (LocalBroker broker =
            LocalBroker.start(
                folder.resolve("broker"), 0, LocalBroker.Options.DEFAULT.withSasl(SECRET));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        Gate gate = new Gate(broker.saslBootstrapServers())) {
      PlayedTopic.create(broker.bootstrapServers(), HUB, 2);
      SourceMessages.send(broker.bootstrapServers(), HUB, 1, 20);
      Config config = Config.read(config(broker, gate), Map.of());
      try (Service service = new Service(config, EnumSet.of(Service.Role.INGEST))) {
        service.start();
        await("the source to name the way out")
            .atMost(TIMEOUT)
            .until(() -> service.notReady().toString().contains("set type to event-hubs-amqp"));
        assertThat(service.notReady().toString())
            .contains("source hub", "accepts the credential and then drops each connection");

        gate.open();
        await("every message to be read")
            .atMost(TIMEOUT)
            .until(() -> onlooker.isAtEnd(PREFIX, "hub", HUB));
        await("the source to be ready").atMost(TIMEOUT).until(() -> service.notReady().isEmpty());
      }
    }
  }

  private Path config(LocalBroker broker, Gate gate) throws IOException {
    Path secret = folder.resolve("connection-string");
    Files.writeString(secret, SECRET);
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: hub
            type: event-hubs-kafka
            hub: %s
            auth: connection-string
            connectionString: ${file:%s}
            properties:
              bootstrap.servers: "%s"
              security.protocol: SASL_PLAINTEXT
        kafka: {bootstrapServers: "%s"}
        metrics: {port: 0}
        """
            .formatted(HUB, secret, gate.address(), broker.bootstrapServers()));
    return file;
  }

  /** Passes bytes on, and until it is opened resets whoever asks for a newer ApiVersions. */
  private static final class Gate implements AutoCloseable {
    private static final short API_VERSIONS = 18;
    private static final short NEWEST = 3;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String host;
    private final int port;
    private volatile boolean open;

    Gate(String broker) throws IOException {
      int colon = broker.lastIndexOf(':');
      host = broker.substring(0, colon);
      port = Integer.parseInt(broker.substring(colon + 1));
      start(this::accept);
    }

    String address() {
      return "127.0.0.1:" + listener.getLocalPort();
    }

    void open() {
      open = true;
    }

    private static void start(Runnable work) {
      Thread thread = new Thread(work, "gate");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = listener.accept();
          Socket broker = new Socket(host, port);
          start(() -> requests(client, broker));
          start(() -> answers(broker, client));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void requests(Socket client, Socket broker) {
      try (client;
          broker) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(broker.getOutputStream());
        while (true) {
          byte[] request = in.readNBytes(in.readInt());
          ByteBuffer header = ByteBuffer.wrap(request);
          if (header.getShort() == API_VERSIONS && header.getShort() > NEWEST && !open) {
            client.setSoLinger(true, 0);
            return;
          }
          out.writeInt(request.length);
          out.write(request);
          out.flush();
        }
      } catch (IOException e) {
        // either side has gone
      }
    }

    private static void answers(Socket broker, Socket client) {
      try (InputStream in = broker.getInputStream()) {
        in.transferTo(client.getOutputStream());
      } catch (IOException e) {
        // either side has gone
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
