package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.amqp.AmqpSourceConfig;
import dev.lockstep.ingest.azure.EventHubs;
import dev.lockstep.schemas.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Factory of the configuration of a source that is read over AMQP: its hub, its credential, and the
 * container of its checkpoints.
 */
public final class AmqpSourceConfigs {
  private AmqpSourceConfigs() {}

  /**
   * Converts a configured source to the configuration of its AMQP reader.
   *
   * @throws OperatorException if the source cannot be used
   * @throws IllegalArgumentException if the source is of another type
   */
  public static AmqpSourceConfig of(Config.Source source) {
    Config.Amqp amqp = source.amqp();
    String what = "the source " + Quoted.of(source.name());
    if (amqp == null) {
      throw new IllegalArgumentException(what + " is not of the type event-hubs-amqp");
    }
    try {
      Secret secret = source.connectionString();
      String namespace =
          secret == null
              ? String.valueOf(source.namespace())
              : EventHubs.namespace(secret.reveal());
      Config.Proxy proxy = amqp.proxy();
      return new AmqpSourceConfig(
          source.name(),
          namespace,
          String.valueOf(source.hub()),
          amqp.consumerGroup(),
          access(source.auth(), secret, source.credentials(), namespace),
          checkpoints(amqp.checkpoints()),
          amqp.webSockets(),
          proxy == null ? null : proxy(proxy),
          source.from());
    } catch (IllegalArgumentException e) {
      throw new OperatorException("could not use %s: %s".formatted(what, e.getMessage()), e);
    }
  }

  private static AmqpSourceConfig.Proxy proxy(Config.Proxy proxy) {
    Secret password = proxy.password();
    return new AmqpSourceConfig.Proxy(
        proxy.host(), proxy.port(), proxy.user(), password == null ? null : password.reveal());
  }

  private static AmqpSourceConfig.@Nullable Checkpoints checkpoints(
      Config.@Nullable Checkpoints checkpoints) {
    return checkpoints == null
        ? null
        : new AmqpSourceConfig.Checkpoints(
            checkpoints.container(),
            access(
                checkpoints.auth(),
                checkpoints.connectionString(),
                checkpoints.credentials(),
                String.valueOf(checkpoints.container().getHost())));
  }

  private static AmqpSourceConfig.Access access(
      Config.Auth auth,
      @Nullable Secret connectionString,
      Config.Credentials credentials,
      String host) {
    return connectionString == null
        ? new AmqpSourceConfig.Identity(AzureIdentities.of(auth, credentials, host))
        : new AmqpSourceConfig.ConnectionString(connectionString.reveal());
  }
}
