package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.text.HostName;
import dev.lockstep.sentinel.sink.Loopback;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Check of whether a host may receive an access token. A host may if it is a host of the Logs
 * Ingestion API in any Azure cloud, one that the configuration allows, or this machine. Only the
 * spelling of a host counts.
 */
public final class IngestionHosts {
  private static final List<String> SUFFIXES =
      List.of(".ingest.monitor.azure.com", ".ingest.monitor.azure.us", ".ingest.monitor.azure.cn");

  private IngestionHosts() {}

  /**
   * Returns whether a host may receive an access token.
   *
   * @param host host as in a URI
   * @param allowed names of further hosts
   */
  public static boolean mayHaveAToken(String host, Collection<String> allowed) {
    String name = host.toLowerCase(Locale.ROOT);
    if (Loopback.is(name)) {
      return true;
    }
    return HostName.isName(name)
        && (SUFFIXES.stream().anyMatch(name::endsWith)
            || allowed.stream().anyMatch(one -> one.toLowerCase(Locale.ROOT).equals(name)));
  }
}
