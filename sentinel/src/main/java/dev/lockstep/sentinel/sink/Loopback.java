package dev.lockstep.sentinel.sink;

/**
 * Check of whether the host of a URI, such as {@code localhost} or {@code 127.0.0.1}, is this
 * machine; no name is looked up.
 */
public final class Loopback {
  private Loopback() {}

  /** Returns whether the host of a URI is {@code localhost} or a loopback address. */
  public static boolean is(String host) {
    if (host.equalsIgnoreCase("localhost") || host.equals("[::1]")) {
      return true;
    }
    if (!host.startsWith("127.")) {
      return false;
    }
    int parts = 1;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        parts++;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return parts == 4;
  }
}
