package dev.lockstep.sentinel.logs;

import java.net.URI;
import java.util.Locale;

/** Azure cloud, with the authority of its identities and the scope of its tokens. */
public enum Cloud {
  /** Public cloud. */
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

  /**
   * Returns the cloud of an endpoint by the ending of its host. It is the public cloud for other
   * endings.
   */
  public static Cloud of(URI endpoint) {
    String host = endpoint.getHost() == null ? "" : endpoint.getHost().toLowerCase(Locale.ROOT);
    return host.endsWith(".azure.us") ? US_GOVERNMENT : host.endsWith(".azure.cn") ? CHINA : PUBLIC;
  }

  /** Returns the configuration's word for the cloud, such as {@code us-government}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the URL of the authority that issues tokens. */
  public String authorityHost() {
    return authorityHost;
  }

  /** Returns the scope of a token for the Logs Ingestion API. */
  public String scope() {
    return audience + "/.default";
  }
}
