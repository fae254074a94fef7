package dev.lockstep.ingest.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.identity.AzureAuthorityHosts;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.TokenClaims;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Identity of Entra ID that provides access tokens for event hubs and blob containers.
 *
 * <p>Safe for use by several threads. Azure is not contacted before the first token is needed.
 */
public final class AzureIdentity {
  private static final int MESSAGE_CHARS = 300;

  private final String auth;
  private final Opening opening;
  private @Nullable TokenCredential credential;

  /** Factory of a credential that uses a given HTTP client. Null stands for the default client. */
  @FunctionalInterface
  interface Opening {
    TokenCredential open(@Nullable HttpClient web);
  }

  AzureIdentity(String auth, Opening opening) {
    this.auth = auth;
    this.opening = opening;
  }

  /**
   * Returns the managed identity that the platform gives this machine.
   *
   * @param clientId client id of a user-assigned identity, or null for the system-assigned one
   */
  public static AzureIdentity managed(@Nullable String clientId) {
    return new AzureIdentity(
        "managed-identity",
        web -> {
          ManagedIdentityCredentialBuilder builder =
              new ManagedIdentityCredentialBuilder().clientId(clientId);
          return web == null ? builder.build() : builder.httpClient(web).build();
        });
  }

  /**
   * Returns the workload identity of a federated Kubernetes service account, in the cloud to which
   * the event hub's host belongs. The environment names its token file.
   *
   * @param host host of the event hub, which determines the cloud that proves the identity
   * @param tenantId tenant id, or null for {@code AZURE_TENANT_ID}
   * @param clientId client id, or null for {@code AZURE_CLIENT_ID}
   */
  public static AzureIdentity workload(
      String host, @Nullable String tenantId, @Nullable String clientId) {
    return new AzureIdentity(
        "workload-identity",
        web -> {
          WorkloadIdentityCredentialBuilder builder =
              new WorkloadIdentityCredentialBuilder()
                  .authorityHost(authorityHost(host))
                  .tenantId(tenantId)
                  .clientId(clientId);
          return web == null ? builder.build() : builder.httpClient(web).build();
        });
  }

  /**
   * Returns the identity of an app registration with a client secret.
   *
   * @param host host of the event hub, which determines the cloud that proves the identity
   */
  public static AzureIdentity clientSecret(
      String host, String tenantId, String clientId, String clientSecret) {
    return new AzureIdentity(
        "client-secret",
        web -> {
          ClientSecretCredentialBuilder builder =
              new ClientSecretCredentialBuilder()
                  .authorityHost(authorityHost(host))
                  .tenantId(tenantId)
                  .clientId(clientId)
                  .clientSecret(clientSecret);
          return web == null ? builder.build() : builder.httpClient(web).build();
        });
  }

  /**
   * Returns the Entra authority host of the cloud that a host belongs to. No environment variable
   * changes it, because the secret is sent to this authority.
   */
  static String authorityHost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".usgovcloudapi.net")
        ? AzureAuthorityHosts.AZURE_GOVERNMENT
        : name.endsWith(".chinacloudapi.cn")
            ? AzureAuthorityHosts.AZURE_CHINA
            : AzureAuthorityHosts.AZURE_PUBLIC_CLOUD;
  }

  String auth() {
    return auth;
  }

  /**
   * Returns a new credential for clients of the Azure SDK. Null stands for the default HTTP client.
   */
  public TokenCredential credential(@Nullable HttpClient web) {
    return opening.open(web);
  }

  /**
   * Returns an access token for a scope. The token has not expired.
   *
   * @param scope scope of the token, such as {@code
   *     https://contoso.servicebus.windows.net/.default}
   * @throws IOException if there is no token; the message has the kind of identity, Azure's answer
   *     and the fix
   */
  AccessToken token(String scope) throws IOException {
    return token(scope, asked());
  }

  private AccessToken token(String scope, TokenCredential from) throws IOException {
    try {
      AccessToken token = from.getTokenSync(new TokenRequestContext().addScopes(scope));
      if (token == null) {
        throw new IOException(refusal(scope, "there was no answer"));
      }
      return token;
    } catch (RuntimeException e) {
      throw new IOException(refusal(scope, String.valueOf(e.getMessage())), e);
    }
  }

  /**
   * Returns the claims of an access token for an Event Hubs namespace, as JSON. The text has no
   * signature, so it gives no access. It is empty for a token without claims.
   *
   * @param namespace host name of the namespace, {@code contoso.servicebus.windows.net}
   * @param web HTTP client by which Azure is asked; null for the default client
   * @throws IOException if there is no token; the message has the kind of identity, Azure's answer
   *     and the fix
   */
  public String claims(String namespace, @Nullable HttpClient web) throws IOException {
    return TokenClaims.of(token(EventHubs.scope(namespace), opening.open(web)).getToken());
  }

  private synchronized TokenCredential asked() {
    if (credential == null) {
      credential = opening.open(null);
    }
    return credential;
  }

  private String refusal(String scope, String message) {
    return "could not get a token by auth %s for %s: %s; %s"
        .formatted(auth, scope, Causes.oneLine(message, MESSAGE_CHARS), fix());
  }

  private String fix() {
    return switch (auth) {
      case "managed-identity" ->
          "give this machine a managed identity, and set clientId if it is user-assigned";
      case "workload-identity" ->
          "check the service account's annotation and the federated credential";
      default -> "check tenantId, clientId and clientSecret, and that the secret has not expired";
    };
  }

  @Override
  public String toString() {
    return "AzureIdentity[" + auth + "]";
  }
}
