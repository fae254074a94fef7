package dev.lockstep.sentinel.logs;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Source of Entra ID tokens for the Logs Ingestion API. */
public final class AzureTokens implements BearerTokens {
  private final Cloud cloud;
  private final Supplier<TokenCredential> credentials;
  private @Nullable TokenCredential credential;

  private AzureTokens(Cloud cloud, Supplier<TokenCredential> credentials) {
    this.cloud = cloud;
    this.credentials = credentials;
  }

  /**
   * Returns a source of tokens of a managed identity.
   *
   * @param clientId client id of a user-assigned identity, or null for the system-assigned one
   */
  public static AzureTokens managedIdentity(Cloud cloud, @Nullable String clientId) {
    return new AzureTokens(
        cloud, () -> new ManagedIdentityCredentialBuilder().clientId(clientId).build());
  }

  /**
   * Returns a source of tokens of a federated Kubernetes service account. The environment names its
   * token file.
   *
   * @param tenantId tenant id, or null for {@code AZURE_TENANT_ID}
   * @param clientId client id, or null for {@code AZURE_CLIENT_ID}
   */
  public static AzureTokens workloadIdentity(
      Cloud cloud, @Nullable String tenantId, @Nullable String clientId) {
    return new AzureTokens(
        cloud,
        () ->
            new WorkloadIdentityCredentialBuilder()
                .authorityHost(cloud.authorityHost())
                .tenantId(tenantId)
                .clientId(clientId)
                .build());
  }

  /** Returns a source of tokens of an app registration, which signs in with its client secret. */
  public static AzureTokens clientSecret(
      Cloud cloud, String tenantId, String clientId, String clientSecret) {
    return new AzureTokens(
        cloud, () -> application(cloud, tenantId, clientId, clientSecret).build());
  }

  static ClientSecretCredentialBuilder application(
      Cloud cloud, String tenantId, String clientId, String clientSecret) {
    return new ClientSecretCredentialBuilder()
        .authorityHost(cloud.authorityHost())
        .tenantId(tenantId)
        .clientId(clientId)
        .clientSecret(clientSecret);
  }

  @Override
  public synchronized BearerToken current() {
    TokenCredential source = credential;
    if (source == null) {
      source = credentials.get();
      credential = source;
    }
    return new BearerToken(
        source.getTokenSync(new TokenRequestContext().addScopes(cloud.scope())).getToken());
  }

  /**
   * Drops the credential with its cached tokens. A managed identity's token is cached for the whole
   * process, and by Azure, until it expires. So the next token may be the same.
   */
  @Override
  public synchronized void refused() {
    credential = null;
  }

  @Override
  public String toString() {
    return "AzureTokens[***]";
  }
}
