package dev.lockstep.ingest.record;

import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Request;
import org.jspecify.annotations.Nullable;

/** Parser of host and path in a URL, without user, query and fragment, which may hold secrets. */
final class RequestTarget {
  private static final String SCHEME_END = "://";

  private RequestTarget() {}

  /** Sets the host and path of a request to those of a URL, unless the URL is null. */
  static void put(Request request, @Nullable String url) {
    if (url == null) {
      return;
    }
    int from = hostStart(url);
    int path = from < 0 ? 0 : delimiter(url, from);
    if (from >= 0) {
      putHost(request, url, from, path);
    }
    int end = path;
    while (end < url.length() && url.charAt(end) != '?' && url.charAt(end) != '#') {
      end++;
    }
    if (end > path) {
      request.setPath(Scalars.label(url.substring(path, end)));
    }
  }

  static void putHost(Request request, @Nullable String host) {
    if (host != null) {
      putHost(request, host, 0, host.length());
    }
  }

  private static void putHost(Request request, String url, int from, int to) {
    int start = Math.max(from, url.lastIndexOf('@', to - 1) + 1);
    int colon = url.lastIndexOf(':', to - 1);
    // The colons of an IPv6 address are within brackets.
    boolean port = colon >= start && colon > url.lastIndexOf(']', to - 1);
    int end = port ? colon : to;
    if (end > start) {
      request.setHost(Scalars.label(Scalars.lower(url.substring(start, end))));
    }
  }

  private static int hostStart(String url) {
    int scheme = 0;
    while (scheme < url.length() && isOfScheme(url.charAt(scheme))) {
      scheme++;
    }
    return scheme > 0 && url.startsWith(SCHEME_END, scheme) ? scheme + SCHEME_END.length() : -1;
  }

  private static boolean isOfScheme(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static int delimiter(String url, int from) {
    int i = from;
    while (i < url.length() && "/?#\\".indexOf(url.charAt(i)) < 0) {
      i++;
    }
    return i;
  }
}
