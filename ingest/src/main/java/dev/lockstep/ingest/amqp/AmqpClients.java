package dev.lockstep.ingest.amqp;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.core.amqp.AmqpTransportType;
import com.azure.core.amqp.ProxyAuthenticationType;
import com.azure.core.amqp.ProxyOptions;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.BlobUrlParts;
import dev.lockstep.ingest.azure.AzureIdentity;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Factory of Azure's clients for an event hub and its blob container. */
final class AmqpClients {
  private static final AmqpRetryOptions RETRY =
      new AmqpRetryOptions()
          .setMaxRetries(4)
          .setDelay(Duration.ofMillis(500))
          .setMaxDelay(Duration.ofSeconds(8))
          .setTryTimeout(Duration.ofSeconds(30));

  /**
   * Retry options of queries to the hub. The queries fail soon, because their caller repeats them.
   */
  private static final AmqpRetryOptions ASK =
      new AmqpRetryOptions().setMaxRetries(1).setTryTimeout(Duration.ofSeconds(10));

  /**
   * Hosts that are reached without the proxy: link-local and loopback addresses. There a machine of
   * Azure gets the tokens of its managed identity.
   */
  private static final String WITHOUT_PROXY = "169.254.*|127.*|localhost";

  private final AmqpSourceConfig config;

  AmqpClients(AmqpSourceConfig config) {
    this.config = config;
  }

  EventProcessorClientBuilder processor() {
    EventProcessorClientBuilder builder =
        new EventProcessorClientBuilder()
            .consumerGroup(config.consumerGroup())
            .transportType(transport())
            .retryOptions(RETRY);
    ProxyOptions proxy = amqpProxy();
    if (proxy != null) {
      builder.proxyOptions(proxy);
    }
    if (config.access() instanceof AmqpSourceConfig.ConnectionString secret) {
      return builder.connectionString(secret.text(), config.hub());
    }
    AzureIdentity who = ((AmqpSourceConfig.Identity) config.access()).who();
    return builder.credential(config.namespace(), config.hub(), who.credential(web()));
  }

  HubQueries hub() {
    EventHubClientBuilder builder =
        new EventHubClientBuilder()
            .consumerGroup(config.consumerGroup())
            .transportType(transport())
            .prefetchCount(1)
            .retryOptions(ASK);
    ProxyOptions proxy = amqpProxy();
    if (proxy != null) {
      builder.proxyOptions(proxy);
    }
    if (config.access() instanceof AmqpSourceConfig.ConnectionString secret) {
      builder.connectionString(secret.text(), config.hub());
    } else {
      AzureIdentity who = ((AmqpSourceConfig.Identity) config.access()).who();
      builder.credential(config.namespace(), config.hub(), who.credential(web()));
    }
    return new HubQueries(builder.buildAsyncConsumerClient());
  }

  @Nullable CheckpointStore shared() {
    AmqpSourceConfig.Checkpoints checkpoints = config.checkpoints();
    if (checkpoints == null) {
      return null;
    }
    BlobContainerClientBuilder builder = new BlobContainerClientBuilder();
    HttpClient web = web();
    if (web != null) {
      builder.httpClient(web);
    }
    String url = checkpoints.container().toString();
    if (checkpoints.access() instanceof AmqpSourceConfig.ConnectionString secret) {
      builder
          .connectionString(secret.text())
          .containerName(BlobUrlParts.parse(url).getBlobContainerName());
    } else {
      AzureIdentity who = ((AmqpSourceConfig.Identity) checkpoints.access()).who();
      builder.endpoint(url).credential(who.credential(web));
    }
    return new BlobCheckpointStore(builder.buildAsyncClient());
  }

  private AmqpTransportType transport() {
    return config.webSockets() ? AmqpTransportType.AMQP_WEB_SOCKETS : AmqpTransportType.AMQP;
  }

  private @Nullable ProxyOptions amqpProxy() {
    AmqpSourceConfig.Proxy proxy = config.proxy();
    return proxy == null
        ? null
        : new ProxyOptions(
            proxy.user() == null ? ProxyAuthenticationType.NONE : ProxyAuthenticationType.BASIC,
            new java.net.Proxy(java.net.Proxy.Type.HTTP, address(proxy)),
            proxy.user(),
            proxy.password());
  }

  @Nullable HttpClient web() {
    AmqpSourceConfig.Proxy proxy = config.proxy();
    if (proxy == null) {
      return null;
    }
    com.azure.core.http.ProxyOptions options =
        new com.azure.core.http.ProxyOptions(
            com.azure.core.http.ProxyOptions.Type.HTTP, address(proxy));
    options.setNonProxyHosts(WITHOUT_PROXY);
    if (proxy.user() != null) {
      options.setCredentials(proxy.user(), proxy.password() == null ? "" : proxy.password());
    }
    return new JdkHttpClientBuilder().proxy(options).build();
  }

  private static InetSocketAddress address(AmqpSourceConfig.Proxy proxy) {
    return InetSocketAddress.createUnresolved(proxy.host(), proxy.port());
  }
}
