package dev.lockstep.ingest.amqp;

import dev.lockstep.ingest.azure.AzureIdentity;
import dev.lockstep.ingest.source.Beginning;
import dev.lockstep.schemas.Quoted;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An event hub to read by AMQP, Event Hubs' own protocol.
 *
 * @param name the source's name in the configuration; part of positions and transactional ids
 * @param namespace the host's name, {@code contoso.servicebus.windows.net}
 * @param hub the event hub
 * @param consumerGroup of the hub, {@code $Default} as a rule; it must be there
 * @param access how the hub is opened
 * @param checkpoints where instances agree on who reads which partition; null for a single instance
 * @param webSockets whether AMQP is spoken through a web socket, on port 443 alone
 * @param proxy what the web socket goes through; null for none
 * @param from where to begin without a stored position: {@code earliest}, {@code latest}, or an ISO
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

  /** The consumer group that every hub has. */
  public static final String DEFAULT_GROUP = "$Default";

  /** Refuses an unreadable {@code from}, empty names, and a proxy without web sockets. */
  public AmqpSourceConfig {
    if (name.isBlank() || hub.isBlank() || namespace.isBlank() || consumerGroup.isBlank()) {
      throw bad(name, "its name, namespace, hub or consumer group is empty; give all four");
    }
    if (proxy != null && !webSockets) {
      throw bad(name, "a proxy passes web sockets only; set transport to websockets");
    }
    Beginning.check(name, from);
  }

  private static IllegalArgumentException bad(String name, String why) {
    return new IllegalArgumentException(
        "could not take the source %s: %s".formatted(Quoted.of(name), why));
  }

  /** How something of Azure is opened: by a connection string or by an identity. */
  public sealed interface Access {}

  /**
   * A secret that names where it opens what.
   *
   * @param text as the portal shows it
   */
  public record ConnectionString(String text) implements Access {
    @Override
    public String toString() {
      return "ConnectionString[***]";
    }
  }

  /**
   * An identity that has the role for it.
   *
   * @param who is asked for tokens
   */
  public record Identity(AzureIdentity who) implements Access {}

  /**
   * A container of blobs that says who reads which partition.
   *
   * @param container {@code https://ACCOUNT.blob.core.windows.net/CONTAINER}, which must be there
   * @param access how it is opened
   */
  public record Checkpoints(URI container, Access access) {}

  /**
   * An HTTP proxy.
   *
   * @param user null for one that asks for none
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
