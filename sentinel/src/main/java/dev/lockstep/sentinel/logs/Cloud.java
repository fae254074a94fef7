package dev.lockstep.sentinel.logs;

import java.net.URI;
import java.util.Locale;

/** One of Azure's clouds: where its identities are proven, and for whom tokens are. */
public enum Cloud {
  /** Everybody's. */
  PUBLIC("https://login.microsoftonline.com/", "https://monitor.azure.com"),
  /** Azure Government of the United States. */
  US_GOVERNMENT("https://login.microsoftonline.us/", "https://monitor.azure.us"),
  /** Azure in China, operated by 21Vianet. */
  CHINA("https://login.chinacloudapi.cn/", "https://monitor.azure.cn");

  private final String authorityHost;
  private final String audience;

  Cloud(String authorityHost, String audience) {
    this.authorityHost = authorityHost;
    this.audience = audience;
  }

  /** Returns the cloud of an endpoint by its host's ending; public where that is another's. */
  public static Cloud of(URI endpoint) {
    String host = endpoint.getHost() == null ? "" : endpoint.getHost().toLowerCase(Locale.ROOT);
    return host.endsWith(".azure.us") ? US_GOVERNMENT : host.endsWith(".azure.cn") ? CHINA : PUBLIC;
  }

  /** Returns the word of the configuration, such as {@code us-government}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns where tokens are issued. */
  public String authorityHost() {
    return authorityHost;
  }

  /** Returns what a token for the Logs Ingestion API is asked for. */
  public String scope() {
    return audience + "/.default";
  }
}
