package dev.lockstep.detections.waf;

/**
 * Request that Front Door's firewall blocked or rated with an anomaly score, or that the gateway
 * accepted. A fact keeps the requests of one minute as members of a set.
 *
 * @param millis milliseconds since the start of the minute
 * @param reference tracking reference of the request, or the event id of a firewall record without
 *     one; empty for a call without a tracking reference that can be believed
 * @param rule rule of the firewall that matched; empty for a call, or if the record names none
 */
record WafRequest(int millis, String reference, String rule) {
  static String text(long at, String reference, String rule) {
    return "%05d %s\n%s".formatted(Math.floorMod(at, 60_000L), reference, rule);
  }

  static WafRequest of(String text) {
    int line = text.indexOf('\n');
    return new WafRequest(
        Integer.parseInt(text.substring(0, 5)),
        text.substring(6, line < 0 ? text.length() : line),
        line < 0 ? "" : text.substring(line + 1));
  }
}
