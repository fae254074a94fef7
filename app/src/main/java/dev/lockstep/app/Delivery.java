package dev.lockstep.app;

import dev.lockstep.sentinel.AzureTokens;
import dev.lockstep.sentinel.BearerTokens;
import dev.lockstep.sentinel.SentinelConfig;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where detections go and who sends them, checked.
 *
 * @param config the endpoint and how patiently it is treated
 * @param tokens where access tokens come from
 */
record Delivery(SentinelConfig config, BearerTokens tokens) {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);

  /**
   * Returns what the configuration says, or null if it names no Sentinel.
   *
   * @throws OperatorException if it cannot be used
   */
  static @Nullable Delivery of(Config all) {
    Config.Sentinel sentinel = all.sentinel();
    if (sentinel == null) {
      LOG.warn("forward: no sentinel in the configuration, so detections stay in their topic");
      return null;
    }
    try {
      return new Delivery(
          SentinelConfig.of(sentinel.endpoint(), sentinel.ruleId(), sentinel.stream())
              .withTopicPrefix(all.kafka().topicPrefix())
              .withMaxRowsPerHour(sentinel.maxRowsPerHour())
              .withForwardFrom(Objects.requireNonNullElse(all.forwardFrom(), Instant.MIN)),
          tokens(sentinel));
    } catch (IllegalArgumentException e) {
      throw new OperatorException(String.valueOf(e.getMessage()), e);
    }
  }

  private static BearerTokens tokens(Config.Sentinel sentinel) {
    Config.Credentials credentials = sentinel.credentials();
    String tenantId = credentials == null ? null : credentials.tenantId();
    String clientId = credentials == null ? null : credentials.clientId();
    Secret secret = credentials == null ? null : credentials.clientSecret();
    return switch (sentinel.auth()) {
      case NONE -> BearerTokens.LOCAL;
      case MANAGED_IDENTITY -> AzureTokens.managedIdentity(clientId);
      case WORKLOAD_IDENTITY -> AzureTokens.workloadIdentity(tenantId, clientId);
      case CLIENT_SECRET -> {
        if (tenantId == null || clientId == null || secret == null) {
          throw new OperatorException(
              "could not use sentinel.auth client-secret: tenantId, clientId or clientSecret is missing; give all three");
        }
        yield AzureTokens.clientSecret(tenantId, clientId, secret.reveal());
      }
      case CONNECTION_STRING ->
          throw new OperatorException(
              "could not use sentinel.auth connection-string: Sentinel has none; use managed-identity, workload-identity or client-secret");
    };
  }
}
