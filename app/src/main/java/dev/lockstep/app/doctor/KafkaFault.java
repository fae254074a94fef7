package dev.lockstep.app.doctor;

import dev.lockstep.app.kafka.AdvertisedBrokers;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.process.Causes;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Explanation of a Kafka client's failure, with the fix.
 *
 * @param what description of the failure
 * @param fix action of the operator
 */
record KafkaFault(String what, String fix) {
  private static final List<String> CERTIFICATE_FILES =
      List.of("ssl.truststore.location", "ssl.keystore.location");

  /**
   * Returns the explanation and the fix of a Kafka client's failure.
   *
   * @param settings properties of the client, of which a message shows {@code bootstrap.servers}
   * @param credential fix for a refused credential, and for a failure of no known kind
   * @param right fix for a missing right
   */
  static KafkaFault of(
      Throwable failure, Map<String, Object> settings, String credential, String right) {
    String place = String.valueOf(settings.get("bootstrap.servers"));
    if (Causes.find(failure, SslAuthenticationException.class) != null) {
      HostReachability untrusted = HostReachability.untrusted(place, failure);
      return new KafkaFault(untrusted.what(), untrusted.fix());
    }
    if (Causes.find(failure, SaslAuthenticationException.class) != null) {
      return new KafkaFault(
          place + " refuses the credential (" + Failures.message(failure) + ")", credential);
    }
    if (Causes.find(failure, AuthorizationException.class) != null) {
      return new KafkaFault(
          "this credential lacks a right (" + Failures.message(failure) + ")", right);
    }
    if (Causes.find(failure, UnknownTopicOrPartitionException.class) != null) {
      return new KafkaFault("it does not exist (" + place + ")", "check the name, or create it");
    }
    if (Causes.find(failure, UnsupportedVersionException.class) != null) {
      return new KafkaFault(
          place + " does not know this client's protocol (" + Failures.message(failure) + ")",
          "if this is the event hub of a source, set the type of the source to event-hubs-amqp;"
              + " for a Kafka cluster, use a newer version");
    }
    if (Causes.find(failure, TimeoutException.class) != null) {
      String unreached = AdvertisedBrokers.unreached(settings);
      if (unreached != null) {
        return new KafkaFault(unreached, AdvertisedBrokers.FIX);
      }
      return new KafkaFault(
          place + " does not answer as Kafka (" + Failures.message(failure) + ")",
          "check the port and security.protocol; for an event hub, check that its tier is Standard"
              + " or higher; a source can also read it with the type event-hubs-amqp");
    }
    String certificates = certificateFile(failure, settings);
    return new KafkaFault(
        place + " cannot be used: " + Failures.message(failure),
        certificates == null
            ? credential
            : "check "
                + certificates
                + " and the other ssl properties; relative paths start from the folder in which"
                + " Lockstep was started");
  }

  /**
   * Returns the Kafka property that names the certificate file a failure is about, or null if there
   * is none.
   */
  private static @Nullable String certificateFile(Throwable failure, Map<String, Object> settings) {
    for (String key : CERTIFICATE_FILES) {
      Object file = settings.get(key);
      if (file != null && Causes.first(failure, cause -> isAbout(cause, file.toString())) != null) {
        return key;
      }
    }
    return null;
  }

  private static boolean isAbout(Throwable cause, String file) {
    return cause instanceof InvalidConfigurationException
        || String.valueOf(cause.getMessage()).contains(file);
  }
}
