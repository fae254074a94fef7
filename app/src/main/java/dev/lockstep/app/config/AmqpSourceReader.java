package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Port;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.amqp.AmqpSourceConfig;
import dev.lockstep.sentinel.sink.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the keys that only a source of type {@code event-hubs-amqp} has, with their
 * declaration.
 */
final class AmqpSourceReader {
  private static final String AMQP = Config.SourceType.EVENT_HUBS_AMQP.word();

  static final ConfigKey<String> CONSUMER_GROUP =
      ConfigKey.text(
              "consumerGroup",
              "A consumer group that exists at the hub and that no other program uses.")
          .byDefault(AmqpSourceConfig.DEFAULT_GROUP)
          .only(AMQP);
  static final ConfigKey<Boolean> TRANSPORT =
      ConfigKey.word(
              "transport",
              List.of(false, true),
              inWebSockets -> inWebSockets ? "websockets" : "amqp",
              "The transport: AMQP on port 5671, or AMQP in web sockets on port 443, which works"
                  + " through a proxy.")
          .byDefault("amqp")
          .only(AMQP);

  private static final ConfigKey<URI> CONTAINER =
      ConfigKey.text(
              "container",
              "https://ACCOUNT.blob.core.windows.net/CONTAINER",
              AmqpSourceReader::container,
              "The blob container, which has to exist.")
          .fixIfMissing("set it to https://ACCOUNT.blob.core.windows.net/CONTAINER");
  private static final ConfigKey<Config.Auth> AUTH =
      ConfigKey.word(
          "auth",
          ConfigReader.AUTH_OF_HUBS,
          Config.Auth::word,
          "The kind of credential for the container; by default the kind that the hub uses.");
  private static final ConfigKey<Secret> CONNECTION_STRING =
      ConfigKey.secret("connectionString", "The storage account's connection string.")
          .fixIfMissing(ConfigReader.SECRET_FIX);
  private static final IdentityKeys IDENTITY = IdentityKeys.of();
  static final ConfigKeys CHECKPOINTS =
      ConfigKeys.mapping(
              "checkpoints",
              "The blob container by which instances share out the partitions; without it, each"
                  + " instance reads all partitions.",
              ConfigReader.join(List.of(CONTAINER, AUTH, CONNECTION_STRING), IDENTITY.all()))
          .only(AMQP);

  private static final ConfigKey<String> HOST =
      ConfigKey.text("host", "The host name of the HTTP proxy.")
          .fixIfMissing("give the host name of the proxy");
  private static final ConfigKey<Integer> PORT =
      Port.key("port", "The port of the HTTP proxy.").byDefault(8080);
  private static final ConfigKey<String> USER =
      ConfigKey.text("user", "The user name, if the proxy asks for a login.");
  private static final ConfigKey<Secret> PASSWORD =
      ConfigKey.secret("password", "The password of the user.");
  static final ConfigKeys PROXY =
      ConfigKeys.mapping(
              "proxy",
              "The HTTP proxy to Azure; only for `transport: websockets`.",
              List.of(HOST, PORT, USER, PASSWORD))
          .only(AMQP);

  private AmqpSourceReader() {}

  /**
   * Reads the AMQP settings of an event hub.
   *
   * @param auth kind of the credential with which Lockstep reads the hub
   * @param credentials Entra identity with which Lockstep reads the hub; it also opens the
   *     checkpoint container if that has no credential of its own
   */
  static Config.Amqp read(Section section, Config.Auth auth, Config.Credentials credentials) {
    boolean webSockets = section.value(TRANSPORT);
    Section proxy = section.section(PROXY);
    if (proxy.present() && !webSockets) {
      throw OperatorException.inConfig(
          proxy.origin(),
          section.name("proxy") + " cannot be set for the transport amqp",
          "remove it, or set transport to websockets");
    }
    return new Config.Amqp(
        section.value(CONSUMER_GROUP),
        checkpoints(section.section(CHECKPOINTS), auth, credentials),
        webSockets,
        proxy.present() ? proxy(proxy) : null);
  }

  private static Config.Proxy proxy(Section proxy) {
    return new Config.Proxy(
        proxy.value(HOST), proxy.value(PORT), proxy.optional(USER), proxy.optional(PASSWORD));
  }

  private static Config.@Nullable Checkpoints checkpoints(
      Section section, Config.Auth ofHub, Config.Credentials credentials) {
    if (!section.present()) {
      return null;
    }
    URI container = section.value(CONTAINER);
    Config.Auth auth = section.optional(AUTH);
    ConfigValue connection = section.written(CONNECTION_STRING);
    if (auth == null && connection == null) {
      if (ofHub == Config.Auth.CONNECTION_STRING) {
        throw OperatorException.inConfig(
            section.origin(),
            section.name("auth") + " is missing",
            "set this key, or set connectionString to the connection string of the storage account;"
                + " a hub's connection string cannot open storage");
      }
      return new Config.Checkpoints(container, ofHub, null, credentials);
    }
    Config.Auth own = auth == null ? Config.Auth.CONNECTION_STRING : auth;
    boolean byString = own == Config.Auth.CONNECTION_STRING;
    IdentityKeys.refuseUnless(byString, connection, own);
    return new Config.Checkpoints(
        container,
        own,
        byString ? section.value(CONNECTION_STRING) : null,
        IDENTITY.read(section, own));
  }

  private static URI container(ConfigValue setting) {
    try {
      URI uri = new URI(setting.text().strip());
      String path = uri.getPath();
      boolean secure = "https".equals(uri.getScheme());
      boolean local = "http".equals(uri.getScheme());
      if (uri.getHost() != null
          && (secure || (local && Loopback.is(uri.getHost())))
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && path != null
          && isContainer(path, Loopback.is(uri.getHost()))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // the refusal follows below
    }
    throw setting.bad(
        "is not the URI of a blob container",
        "give https://ACCOUNT.blob.core.windows.net/CONTAINER without a key, a user name or a folder");
  }

  private static boolean isContainer(String path, boolean isLocal) {
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    String names = path.substring(Math.min(1, end), end);
    long slashes = names.chars().filter(c -> c == '/').count();
    // an emulator on this machine serves /ACCOUNT/CONTAINER
    return !names.isEmpty() && slashes <= (isLocal ? 1 : 0);
  }
}
