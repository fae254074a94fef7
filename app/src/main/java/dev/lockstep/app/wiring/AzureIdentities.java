package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.ingest.azure.AzureIdentity;
import java.util.Objects;

/** Factory of the Azure identities that the configuration names. */
public final class AzureIdentities {
  private AzureIdentities() {}

  /**
   * Returns the Azure identity by which Lockstep logs in to the host of a source.
   *
   * @throws IllegalArgumentException if the source has no identity
   */
  public static AzureIdentity of(Config.Source source) {
    return of(source.auth(), source.credentials(), String.valueOf(source.namespace()));
  }

  /**
   * Returns the Azure identity by which Lockstep logs in to a host.
   *
   * @throws IllegalArgumentException if {@code auth} has no identity
   */
  public static AzureIdentity of(Config.Auth auth, Config.Credentials credentials, String host) {
    String tenantId = credentials.tenantId();
    String clientId = credentials.clientId();
    Secret secret = credentials.clientSecret();
    return switch (auth) {
      case MANAGED_IDENTITY -> AzureIdentity.managed(clientId);
      case WORKLOAD_IDENTITY -> AzureIdentity.workload(host, tenantId, clientId);
      case CLIENT_SECRET ->
          AzureIdentity.clientSecret(
              host,
              Objects.requireNonNull(tenantId),
              Objects.requireNonNull(clientId),
              Objects.requireNonNull(secret).reveal());
      case NONE, CONNECTION_STRING ->
          throw new IllegalArgumentException("auth %s has no identity".formatted(auth.word()));
    };
  }
}
