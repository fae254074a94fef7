package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.OutdatedCertificate;
import dev.lockstep.schemas.process.Causes;
import javax.security.auth.login.LoginException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/**
 * Writer of texts that explain why Kafka's client cannot read a topic or event hub. A text depends
 * on the exception of the client, and has the fix.
 */
final class KafkaRefusal {
  /**
   * Message of Kafka's client for an unresolved host. The failure has no exception class of its
   * own.
   */
  private static final String UNRESOLVED = "No resolvable bootstrap";

  private KafkaRefusal() {}

  /**
   * Returns an explanation of a failure of Kafka's client, or an empty text if none is known. The
   * explanation begins with a colon. It is known for a refused login, a failed TLS handshake, a
   * missing right, an unknown host, and another process with the same instance id.
   */
  static String of(KafkaException failure) {
    LoginException login = Causes.find(failure, LoginException.class);
    if (login != null) {
      return ": " + login.getMessage();
    }
    if (Causes.find(failure, SslAuthenticationException.class) != null) {
      String outdated = OutdatedCertificate.of(failure);
      if (outdated != null) {
        return ": " + outdated;
      }
      return ": the TLS handshake with the broker failed; check that the broker's"
          + " certificate is for the broker's host name, and that this client trusts the"
          + " certificate (ssl.truststore.location)";
    }
    if (Causes.find(failure, AuthenticationException.class) != null) {
      return ": the broker refuses the credential; check the credential; on Event Hubs, give an"
          + " identity the role Azure Event Hubs Data Receiver on the namespace";
    }
    GroupAuthorizationException group = Causes.find(failure, GroupAuthorizationException.class);
    if (group != null) {
      return ": the credential has no right to use the consumer group %s, by which instances share the partitions; allow its user to read the group; on Event Hubs, give its policy the claim Listen, or its identity the role Azure Event Hubs Data Receiver"
          .formatted(group.groupId());
    }
    if (Causes.find(failure, AuthorizationException.class) != null) {
      return ": the credential has no right to read the topic; allow its user to read it; on Event"
          + " Hubs, give its policy the claim Listen, or its identity the role Azure Event"
          + " Hubs Data Receiver";
    }
    if (Causes.find(failure, FencedInstanceIdException.class) != null) {
      return ": another process uses this instance's id, probably because the state folder was"
          + " copied to another machine; stop both processes, delete the file instance-id in the"
          + " copy, and start them again";
    }
    ConfigException config = Causes.find(failure, ConfigException.class);
    if (config != null && String.valueOf(config.getMessage()).contains(UNRESOLVED)) {
      return ": no name server knows the host of the source; check the namespace or"
          + " bootstrapServers, and the DNS of this network";
    }
    return "";
  }
}
