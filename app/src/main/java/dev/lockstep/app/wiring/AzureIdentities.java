package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.azure.AzureIdentity;
import dev.lockstep.schemas.text.Quoted;
import org.jspecify.annotations.Nullable;

/** Factory of the Azure identities that the configuration names. */
public final class AzureIdentities {
  private AzureIdentities() {}

  /**
   * Returns the Azure identity by which Lockstep logs in to the host of a source.
   *
   * @throws OperatorException if the source uses a connection string, or a setting is missing
   */
  public static AzureIdentity of(Config.Source source) {
    return of(
        source.auth(),
        source.credentials(),
        String.valueOf(source.namespace()),
        "the source " + Quoted.of(source.name()));
  }

  /**
   * Returns the Azure identity by which Lockstep logs in to a host.
   *
   * @throws OperatorException if the credential is a connection string, or a setting is missing
   */
  public static AzureIdentity of(
      Config.Auth auth, Config.@Nullable Credentials credentials, String host, String what) {
    String tenantId = credentials == null ? null : credentials.tenantId();
    String clientId = credentials == null ? null : credentials.clientId();
    Secret secret = credentials == null ? null : credentials.clientSecret();
    return switch (auth) {
      case MANAGED_IDENTITY -> AzureIdentity.managed(clientId);
      case WORKLOAD_IDENTITY -> AzureIdentity.workload(host, tenantId, clientId);
      case CLIENT_SECRET -> {
        if (tenantId == null || clientId == null || secret == null) {
          throw new OperatorException(
              "could not use %s: tenantId, clientId or clientSecret is missing; set all three"
                  .formatted(what));
        }
        yield AzureIdentity.clientSecret(host, tenantId, clientId, secret.reveal());
      }
      case NONE, CONNECTION_STRING ->
          throw new OperatorException(
              "could not use %s: auth %s has no identity; use managed-identity, workload-identity or client-secret"
                  .formatted(what, auth.word()));
    };
  }
}
