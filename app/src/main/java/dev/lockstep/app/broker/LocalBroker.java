package dev.lockstep.app.broker;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka broker of one node in this process, on loopback, with its data in a folder.
 *
 * <p>The data stay when the process ends or is killed. Only one broker at a time can use a folder.
 * If the broker does not start within {@value #START_SECONDS} s, or then does not answer within the
 * same time, the caller gets an {@link OperatorException}.
 */
public final class LocalBroker implements AutoCloseable {
  /**
   * User name of the broker's SASL listener, the same that clients of Event Hubs use when a
   * connection string is their password.
   */
  public static final String SASL_USER = "$ConnectionString";

  static { // the broker must not end the process around it
    whenKafkaGivesUp(() -> {});
  }

  private static final Logger log = LoggerFactory.getLogger(LocalBroker.class);
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  /**
   * Largest number of attempts to start on a free port, which another process may take before the
   * broker does.
   */
  private static final int MOST_ATTEMPTS = 3;

  private static final int START_SECONDS = 30;
  private static final int STOP_SECONDS = 30;
  private static final int FIRST_FREE_PORT = 15_000;
  private static final int LAST_FREE_PORT = 32_000;
  private static final int PORT_ATTEMPTS = 100;
  private static final String AGAIN = "run the command again";

  /**
   * Options of a local broker.
   *
   * @param saslPassword password of {@link #SASL_USER} on a second listener with the mechanism
   *     PLAIN, like that of Event Hubs but without TLS; null for no such listener
   * @param settings settings of Kafka's broker, which override the defaults
   */
  public record Options(@Nullable String saslPassword, Map<String, String> settings) {
    /** Options without a SASL listener and without changed broker settings. */
    public static final Options DEFAULT = new Options(null, Map.of());

    public Options {
      settings = Map.copyOf(settings);
    }

    /** Returns these options with a SASL listener like that of Event Hubs, but without TLS. */
    public Options withSasl(String password) {
      return new Options(password, settings);
    }

    /** Returns these options with the given broker settings, which override the defaults. */
    public Options withSettings(Map<String, String> settings) {
      return new Options(saslPassword, settings);
    }

    @Override
    public String toString() {
      return "Options[sasl=" + (saslPassword != null) + "]";
    }
  }

  private final BrokerFolder folder;
  private final KafkaRaftServer server;
  private final int port;
  private final int saslPort;
  private final AtomicBoolean open = new AtomicBoolean(true);

  private LocalBroker(BrokerFolder folder, KafkaRaftServer server, int port, int saslPort) {
    this.folder = folder;
    this.server = server;
    this.port = port;
    this.saslPort = saslPort;
  }

  /**
   * Starts a broker, and returns as soon as the broker answers with its own cluster id.
   *
   * @param data folder that is empty, absent, or left by an earlier local broker
   * @param port port of the plain listener on loopback; 0 takes a free one
   */
  public static LocalBroker start(Path data, int port, Options options) {
    BrokerFolder folder = BrokerFolder.open(data);
    try {
      LocalBroker broker = port == 0 ? onFreePort(folder, options) : on(port, folder, options);
      log.info(
          "the local broker listens on {} with its data in {}", broker.bootstrapServers(), data);
      return broker;
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Starts a broker on a free port, or on another port if a process has just taken the first. */
  private static LocalBroker onFreePort(BrokerFolder folder, Options options) {
    for (int attempt = 1; true; attempt++) {
      try {
        return on(0, folder, options);
      } catch (OperatorException e) {
        if (attempt == MOST_ATTEMPTS || Causes.find(e, BindException.class) == null) {
          throw e;
        }
      }
    }
  }

  private static LocalBroker on(int port, BrokerFolder folder, Options options) {
    int[] free = freePorts(3);
    int plain = port == 0 ? free[0] : checkedPort(port);
    int sasl = options.saslPassword() == null ? 0 : free[1];
    KafkaRaftServer server =
        startServer(
            folder,
            BrokerSettings.of(folder.logs(), plain, free[2], sasl, options),
            port == 0
                ? AGAIN + ", if need be with another folder"
                : AGAIN + ", or choose another port or folder");
    LocalBroker broker = new LocalBroker(folder, server, plain, sasl);
    broker.checkAnswers(port == 0 ? AGAIN : "choose another port, or 0 for a free one");
    return broker;
  }

  /**
   * Turns off all warnings of Kafka's network clients in this process, because the clients log many
   * warnings when the local broker stops. Only for processes that use no other cluster; to be
   * called before the first client is created.
   */
  public static void hushClients() {
    System.setProperty(
        "org.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient", "error");
  }

  /** Returns the address of the plain listener, {@code 127.0.0.1:PORT}. */
  public String bootstrapServers() {
    return BrokerSettings.HOST + ":" + port;
  }

  /**
   * Returns the address of the SASL listener, {@code 127.0.0.1:PORT}.
   *
   * @throws IllegalStateException if the options have no password
   */
  public String saslBootstrapServers() {
    if (saslPort == 0) {
      throw new IllegalStateException(
          "this broker has no SASL address: it was started without a SASL listener");
    }
    return BrokerSettings.HOST + ":" + saslPort;
  }

  /** Stops the broker and keeps its data. A second call does nothing. */
  @Override
  public void close() {
    if (!open.compareAndSet(true, false)) {
      return;
    }
    FutureTask<@Nullable Void> stop =
        new FutureTask<>(
            () -> {
              server.shutdown();
              server.awaitShutdown();
              return null;
            });
    new DaemonThreadFactory("local-broker-stop").newThread(stop).start();
    try {
      stop.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn(
          "the local broker on {} did not stop cleanly; its data are kept", bootstrapServers(), e);
    } finally {
      folder.close();
    }
  }

  /**
   * Sets the action to run when Kafka's broker fails. Kafka then does not end the process itself.
   */
  public static void whenKafkaGivesUp(Runnable then) {
    Exit.Procedure procedure =
        (status, message) -> {
          log.error(
              "the local Kafka broker failed and stops; Kafka asked to end this process with exit"
                  + " status {}{}; look for the cause in the log above, and run this command again",
              status,
              message == null ? "" : ": " + message);
          then.run();
          throw new IllegalStateException(
              "the Kafka broker in this process failed, and asked to end the process with exit status "
                  + status);
        };
    Exit.setExitProcedure(procedure);
    Exit.setHaltProcedure(procedure);
  }

  private static KafkaRaftServer startServer(
      BrokerFolder folder, Map<String, String> settings, String fix) {
    FutureTask<KafkaRaftServer> start =
        new FutureTask<>(
            () -> {
              if (folder.unformatted()) {
                format(folder);
              }
              KafkaRaftServer server =
                  new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
              try {
                server.startup();
              } catch (Throwable e) {
                server.shutdown();
                throw e;
              }
              return server;
            });
    // Kafka may wait forever for a port or a quorum, so it starts in a thread that can be
    // abandoned.
    Thread thread = new DaemonThreadFactory("local-broker-start").newThread(start);
    thread.start();
    try {
      return start.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw failure(settings, "was interrupted while it started", AGAIN, e);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw failure(settings, "did not start within " + START_SECONDS + " s", fix, e);
    } catch (ExecutionException e) {
      throw failure(settings, "did not start (" + Failures.message(e) + ")", fix, e);
    }
  }

  private static void format(BrokerFolder folder) throws Exception {
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(BrokerSettings.NODE_ID)
        .setClusterId(folder.clusterId())
        .addDirectory(folder.logs().toString())
        .setMetadataLogDirectory(folder.logs().toString())
        .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
        .setHasDynamicQuorum(false)
        .run();
  }

  private void checkAnswers(String fix) {
    String answering = answeringCluster(Duration.ofSeconds(START_SECONDS));
    if (folder.clusterId().equals(answering)) {
      return;
    }
    close();
    if (Thread.currentThread().isInterrupted()) {
      throw new OperatorException(
          "could not start the local broker: the wait for its answer on port %d was interrupted; %s"
              .formatted(port, AGAIN));
    }
    throw new OperatorException(
        "could not start the local broker: "
            + (answering == null
                ? "the started broker does not answer on port %d within %d s"
                    .formatted(port, START_SECONDS)
                : "on port " + port + " another cluster answers: " + Quoted.of(answering))
            + "; "
            + fix);
  }

  private @Nullable String answeringCluster(Duration timeout) {
    int millis = (int) timeout.toMillis();
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    try (Admin admin = Admin.create(settings)) {
      return admin.describeCluster().clusterId().get(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException | TimeoutException e) {
      return null;
    }
  }

  private static int checkedPort(int port) {
    try (ServerSocket probe = bind(port)) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new OperatorException(
          "could not start the local broker: port "
              + port
              + " cannot be opened ("
              + e.getMessage()
              + "); choose another port, or 0 for a free one",
          e);
    }
  }

  /**
   * Returns different free ports below those that systems use for outgoing connections. An outgoing
   * connection could take a higher port before Kafka does, and the broker could not start.
   */
  private static int[] freePorts(int count) {
    int[] ports = new int[count];
    List<ServerSocket> probes = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket probe = bindFree();
        probes.add(probe); // stays open, so that the next port is another one
        ports[i] = probe.getLocalPort();
      }
    } finally {
      probes.forEach(LocalBroker::close);
    }
    return ports;
  }

  private static ServerSocket bindFree() {
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_FREE_PORT, LAST_FREE_PORT);
      try {
        return bind(port);
      } catch (IOException e) {
        log.debug("could not open port {} for the local broker; another port is tried", port, e);
      }
    }
    throw new OperatorException(
        "could not start the local broker: none of the "
            + PORT_ATTEMPTS
            + " ports that were tried between "
            + FIRST_FREE_PORT
            + " and "
            + LAST_FREE_PORT
            + " is free; close programs that use such ports");
  }

  private static void close(ServerSocket probe) {
    try {
      probe.close();
    } catch (IOException e) {
      log.debug(
          "could not close the socket that reserved port {} for the local broker",
          probe.getLocalPort(),
          e);
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static OperatorException failure(
      Map<String, String> settings, String what, String fix, Throwable cause) {
    return new OperatorException(
        "could not start the local broker: the Kafka broker at %s %s"
                .formatted(settings.get("advertised.listeners"), what)
            + "; "
            + fix,
        cause);
  }
}
