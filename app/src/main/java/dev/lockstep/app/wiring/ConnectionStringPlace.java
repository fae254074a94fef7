package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.ingest.azure.EventHubs;
import org.jspecify.annotations.Nullable;

/**
 * Event Hubs namespace and event hub in the connection string of a source, without the credential.
 *
 * @param namespace host name of the namespace
 * @param hub event hub, or null if the connection string is for the whole namespace
 */
public record ConnectionStringPlace(String namespace, @Nullable String hub) {
  /**
   * Returns the namespace and the event hub in a source's connection string, or null for a source
   * without a connection string.
   *
   * @throws IllegalArgumentException if the text is not a connection string
   */
  public static @Nullable ConnectionStringPlace of(Config.Source source) {
    Secret secret = source.connectionString();
    return secret == null
        ? null
        : new ConnectionStringPlace(
            EventHubs.namespace(secret.reveal()), EventHubs.hub(secret.reveal()));
  }
}
