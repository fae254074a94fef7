package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.amqp.AmqpSourceConfig;
import dev.lockstep.sentinel.sink.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what only a source of type {@code event-hubs-amqp} has. */
final class AmqpSourceReader {
  private static final Keys CHECKPOINTS =
      Keys.of("container", "auth", "connectionString", "tenantId", "clientId", "clientSecret");
  private static final Keys PROXY = Keys.of("host", "port", "user", "password");
  private static final int PROXY_PORT = 8080;

  private AmqpSourceReader() {}

  /** Refuses what does not go with a type. */
  static void refuseNested(Section section, Config.SourceType type) {
    boolean amqp = type == Config.SourceType.EVENT_HUBS_AMQP;
    refuse(
        !amqp && section.section("checkpoints", CHECKPOINTS).present(),
        section,
        "checkpoints",
        type);
    refuse(!amqp && section.section("proxy", PROXY).present(), section, "proxy", type);
    refuse(amqp && !section.free("properties").isEmpty(), section, "properties", type);
  }

  private static void refuse(boolean wrong, Section section, String key, Config.SourceType type) {
    if (wrong) {
      throw OperatorException.inConfig(
          section.origin(),
          section.name(key) + " does not go with type " + type.word(),
          "remove it, or choose the other type");
    }
  }

  /** Returns a source by AMQP from what is read of its hub. */
  static Config.Source read(Section section, Config.Source hub) {
    ConfiguredValue group = section.setting("consumerGroup");
    ConfiguredValue transport = section.setting("transport");
    boolean webSockets =
        transport != null && transport.oneOf(Map.of("amqp", false, "websockets", true));
    Section proxy = section.section("proxy", PROXY);
    if (proxy.present() && !webSockets) {
      throw OperatorException.inConfig(
          proxy.origin(),
          section.name("proxy") + " does not go with transport amqp",
          "set transport to websockets, which pass a proxy");
    }
    return new Config.Source(
        hub.name(),
        Config.SourceType.EVENT_HUBS_AMQP,
        hub.namespace(),
        hub.hub(),
        hub.auth(),
        hub.connectionString(),
        hub.credentials(),
        null,
        null,
        hub.arrival(),
        hub.from(),
        ClientProperties.NONE,
        null,
        new Config.Amqp(
            group == null ? AmqpSourceConfig.DEFAULT_GROUP : group.text(),
            checkpoints(section.section("checkpoints", CHECKPOINTS), hub),
            webSockets,
            proxy.present() ? proxy(proxy) : null),
        hub.brings());
  }

  private static Config.Proxy proxy(Section proxy) {
    ConfiguredValue user = proxy.setting("user");
    ConfiguredValue password = proxy.setting("password");
    return new Config.Proxy(
        proxy.required("host", "set it to the proxy's name").text(),
        proxy.integer("port", PROXY_PORT, 1, 65535),
        user == null ? null : user.text(),
        password == null ? null : password.secret());
  }

  private static Config.@Nullable Checkpoints checkpoints(Section section, Config.Source hub) {
    if (!section.present()) {
      return null;
    }
    URI container =
        container(
            section.required(
                "container", "set it to https://ACCOUNT.blob.core.windows.net/CONTAINER"));
    ConfiguredValue auth = section.setting("auth");
    ConfiguredValue connection = section.setting("connectionString");
    if (auth == null && connection == null) {
      if (hub.auth() == Config.Auth.CONNECTION_STRING) {
        throw OperatorException.inConfig(
            section.origin(),
            section.name("auth") + " is missing",
            "give it, or the storage account's connectionString: a hub's opens no storage");
      }
      return new Config.Checkpoints(container, hub.auth(), null, hub.credentials());
    }
    Config.Auth own =
        auth == null
            ? Config.Auth.CONNECTION_STRING
            : auth.oneOf(
                ConfigReader.words(
                    Config.Auth.CONNECTION_STRING,
                    Config.Auth.MANAGED_IDENTITY,
                    Config.Auth.WORKLOAD_IDENTITY,
                    Config.Auth.CLIENT_SECRET));
    boolean byString = own == Config.Auth.CONNECTION_STRING;
    ConfigReader.refuseUnless(byString, connection, own);
    if (byString) {
      connection = section.required("connectionString", "set it to ${env:NAME} or ${file:PATH}");
    }
    return new Config.Checkpoints(
        container,
        own,
        connection == null ? null : connection.secret(),
        ConfigReader.credentials(section, own));
  }

  private static URI container(ConfiguredValue setting) {
    try {
      URI uri = new URI(setting.text().strip());
      String path = uri.getPath();
      boolean secure = "https".equals(uri.getScheme());
      boolean local = "http".equals(uri.getScheme());
      if (uri.getHost() != null
          && (secure || (local && Loopback.is(uri.getHost())))
          && uri.getRawQuery() == null
          && path != null
          && path.length() > 1) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw setting.bad(
        "is no container", "give https://ACCOUNT.blob.core.windows.net/CONTAINER, without a key");
  }
}
