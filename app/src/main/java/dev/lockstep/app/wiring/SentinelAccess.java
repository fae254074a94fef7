package dev.lockstep.app.wiring;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.sentinel.logs.AzureTokens;
import dev.lockstep.sentinel.logs.BearerTokens;
import dev.lockstep.sentinel.logs.Cloud;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.logs.StreamForm;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Configured access to Microsoft Sentinel: settings of the endpoint, form of the rows, and source
 * of tokens. Nothing is sent by it.
 *
 * @param config endpoint, rule, stream and timeouts
 * @param form form of the rows of detections
 * @param tokens source of access tokens
 */
public record SentinelAccess(SentinelConfig config, StreamForm form, BearerTokens tokens) {
  /**
   * Returns the access to Sentinel that a configuration describes, or null if the configuration has
   * no section {@code sentinel}.
   *
   * @throws OperatorException if the access cannot be used
   */
  public static @Nullable SentinelAccess of(Config all) {
    Config.Sentinel sentinel = all.sentinel();
    if (sentinel == null) {
      return null;
    }
    try {
      return new SentinelAccess(
          sentinel.to(sentinel.stream()),
          sentinel.lake() == null ? StreamForm.DETECTIONS : StreamForm.DETECTIONS_BESIDE_LAKE,
          tokens(sentinel));
    } catch (IllegalArgumentException e) {
      throw OperatorException.of(e);
    }
  }

  public static BearerTokens tokens(Config.Sentinel sentinel) {
    String tenantId = sentinel.credentials().tenantId();
    String clientId = sentinel.credentials().clientId();
    Secret secret = sentinel.credentials().clientSecret();
    Cloud cloud = sentinel.cloud();
    return switch (sentinel.auth()) {
      case NONE -> BearerTokens.LOCAL;
      case MANAGED_IDENTITY -> AzureTokens.managedIdentity(cloud, clientId);
      case WORKLOAD_IDENTITY -> AzureTokens.workloadIdentity(cloud, tenantId, clientId);
      case CLIENT_SECRET ->
          AzureTokens.clientSecret(
              cloud,
              Objects.requireNonNull(tenantId),
              Objects.requireNonNull(clientId),
              Objects.requireNonNull(secret).reveal());
      case CONNECTION_STRING ->
          throw new IllegalArgumentException("Sentinel has no connection strings");
    };
  }
}
