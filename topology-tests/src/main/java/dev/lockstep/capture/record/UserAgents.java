package dev.lockstep.capture.record;

/** User agents in generated records, by operating system. */
final class UserAgents {
  static final String SERVICE = "orders-client/3.4 (java 21)";

  private UserAgents() {}

  static String of(String system) {
    return switch (system) {
      case "Ios 26" -> "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) NorthwindMobile/8.2";
      case "MacOs" -> "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) NorthwindDesk/142.0";
      default -> "Mozilla/5.0 (Windows NT 10.0; Win64; x64) NorthwindDesk/142.0";
    };
  }
}
