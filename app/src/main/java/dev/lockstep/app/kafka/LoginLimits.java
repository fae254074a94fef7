package dev.lockstep.app.kafka;

import java.util.Map;

/**
 * Setter of the Java system properties that restrict all Kafka logins in this process. Kafka then
 * takes no token from a URL or a file, and no login module but those for PLAIN, SCRAM, OAUTHBEARER
 * and Kerberos. The restrictions hold whatever a client's properties say.
 *
 * <p>Event hubs need neither URL nor file, because their tokens come from Azure's own client. Kafka
 * takes these restrictions only from Java system properties. So no configuration can relax them,
 * but whoever starts Java can.
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

  /**
   * Sets the system properties that restrict the login modules and the token sources of Kafka
   * logins. A property that is set already keeps its value.
   */
  public static void set() {
    LIMITS.forEach(
        (property, value) -> {
          if (System.getProperty(property) == null) {
            System.setProperty(property, value);
          }
        });
  }
}
