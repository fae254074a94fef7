package dev.lockstep.ingest.amqp;

import dev.lockstep.ingest.azure.AzureIdentity;
import dev.lockstep.ingest.source.StartPositionCheck;
import dev.lockstep.schemas.text.Quoted;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of an event hub that is read by AMQP, Event Hubs' own protocol.
 *
 * @param name name of the source in the configuration; part of positions and transactional ids
 * @param namespace host name of the namespace, {@code contoso.servicebus.windows.net}
 * @param hub name of the event hub
 * @param consumerGroup consumer group, {@code $Default} unless another is configured; it has to
 *     exist
 * @param access credential for the hub
 * @param checkpoints blob container in which instances record who reads which partition; null for a
 *     single instance
 * @param webSockets whether AMQP runs over a web socket on port 443
 * @param proxy HTTP proxy of the web socket; null for none
 * @param from start to use if no position is stored: {@code earliest}, {@code latest}, or an ISO
 *     8601 time
 */
public record AmqpSourceConfig(
    String name,
    String namespace,
    String hub,
    String consumerGroup,
    Access access,
    @Nullable Checkpoints checkpoints,
    boolean webSockets,
    @Nullable Proxy proxy,
    String from) {

  /** Name of the consumer group that every hub has. */
  public static final String DEFAULT_GROUP = "$Default";

  /**
   * Creates a configuration.
   *
   * @throws IllegalArgumentException if a name is empty, if {@code from} is no start, or if a proxy
   *     is set without web sockets
   */
  public AmqpSourceConfig {
    if (name.isBlank() || hub.isBlank() || namespace.isBlank() || consumerGroup.isBlank()) {
      throw bad(name, "its name, namespace, hub or consumer group is empty; give all four");
    }
    if (proxy != null && !webSockets) {
      throw bad(name, "a proxy works with web sockets only; set transport to websockets");
    }
    StartPositionCheck.check(name, from);
  }

  private static IllegalArgumentException bad(String name, String why) {
    return new IllegalArgumentException(
        "could not use the source %s: %s".formatted(Quoted.of(name), why));
  }

  /** Credential for a resource of Azure: a connection string or an identity. */
  public sealed interface Access {}

  /**
   * Connection string: a secret text that names an Azure resource, such as the hub's namespace, and
   * gives access to it.
   *
   * @param text text as the portal shows it
   */
  public record ConnectionString(String text) implements Access {
    @Override
    public String toString() {
      return "ConnectionString[***]";
    }
  }

  /**
   * Identity of Entra ID that has a role on the event hub or the blob container.
   *
   * @param who identity that provides tokens
   */
  public record Identity(AzureIdentity who) implements Access {}

  /**
   * Blob container in which the instances of the service record which of them reads which partition
   * of the event hub.
   *
   * @param container {@code https://ACCOUNT.blob.core.windows.net/CONTAINER}, which has to exist
   * @param access credential for the container
   */
  public record Checkpoints(URI container, Access access) {}

  /**
   * HTTP proxy through which the event hub is reached.
   *
   * @param user user name, or null for a proxy without authentication
   */
  public record Proxy(String host, int port, @Nullable String user, @Nullable String password) {
    @Override
    public String toString() {
      return "Proxy[" + host + ":" + port + "]";
    }
  }

  @Override
  public String toString() {
    return "AmqpSourceConfig[name=" + name + ", namespace=" + namespace + ", hub=" + hub + "]";
  }
}
