package dev.lockstep.sentinel.logs;

import dev.lockstep.sentinel.sink.Loopback;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Hosts that may have an access token: those of the Logs Ingestion API in Azure's clouds, those
 * that the configuration allows by name, and this machine. A host is told by its spelling alone.
 */
public final class IngestionHosts {
  private static final List<String> SUFFIXES =
      List.of(".ingest.monitor.azure.com", ".ingest.monitor.azure.us", ".ingest.monitor.azure.cn");

  private static final int MOST_CHARACTERS = 253;
  private static final int MOST_LABEL_CHARACTERS = 63;

  private IngestionHosts() {}

  /**
   * Returns whether a host may have an access token.
   *
   * @param host as a URI has it
   * @param allowed plain names of further hosts
   */
  public static boolean mayHaveAToken(String host, Collection<String> allowed) {
    String name = host.toLowerCase(Locale.ROOT);
    if (Loopback.is(name)) {
      return true;
    }
    return isName(name)
        && (SUFFIXES.stream().anyMatch(name::endsWith)
            || allowed.stream().anyMatch(one -> one.toLowerCase(Locale.ROOT).equals(name)));
  }

  /**
   * Returns whether a text is a host's plain name: labels of letters, digits and dashes, with dots
   * between them and none at the end.
   */
  public static boolean isName(String text) {
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == '.') {
        if (i == start
            || i - start > MOST_LABEL_CHARACTERS
            || text.charAt(start) == '-'
            || text.charAt(i - 1) == '-') {
          return false;
        }
        start = i + 1;
      } else if (!isLabelCharacter(text.charAt(i))) {
        return false;
      }
    }
    return text.length() <= MOST_CHARACTERS;
  }

  private static boolean isLabelCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }
}
