package dev.lockstep.app.kafka;

import java.util.Map;

/**
 * Bounds of what a Kafka client of this process may do to log in, whatever its properties say: it
 * asks no URL for a token and reads no file for one, and it makes no login module but the usual.
 *
 * <p>Event hubs need none of that, since their tokens come from Azure's own client. Kafka takes
 * these bounds from Java's properties only, so no value of the configuration widens them; who
 * starts Java may.
 */
public final class LoginLimits {
  private static final String NONE = "";

  private static final Map<String, String> LIMITS =
      Map.of(
          "org.apache.kafka.sasl.oauthbearer.allowed.urls", NONE,
          "org.apache.kafka.sasl.oauthbearer.allowed.files", NONE,
          "org.apache.kafka.allowed.login.modules",
              String.join(
                  ",",
                  "org.apache.kafka.common.security.plain.PlainLoginModule",
                  "org.apache.kafka.common.security.scram.ScramLoginModule",
                  "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule",
                  "com.sun.security.auth.module.Krb5LoginModule"));

  private LoginLimits() {}

  /** Sets those that whoever started Java has not set. */
  public static void set() {
    LIMITS.forEach(
        (property, value) -> {
          if (System.getProperty(property) == null) {
            System.setProperty(property, value);
          }
        });
  }
}
