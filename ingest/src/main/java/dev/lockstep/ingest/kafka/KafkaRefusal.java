package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.text.Causes;
import javax.security.auth.login.LoginException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** Why a topic, or an event hub by its Kafka endpoint, does not let us in, and what fixes that. */
final class KafkaRefusal {
  /** Words of the client, which has no kind of its own for it. */
  private static final String UNRESOLVED = "No resolvable bootstrap";

  private KafkaRefusal() {}

  /** Returns the reason after a colon, or nothing where the failure is of another kind. */
  static String of(KafkaException failure) {
    LoginException login = Causes.find(failure, LoginException.class);
    if (login != null) {
      return ": " + login.getMessage();
    }
    if (Causes.find(failure, AuthenticationException.class) != null) {
      return ": it refuses the credential; check that, or give the identity the role Azure Event"
          + " Hubs Data Receiver on the namespace";
    }
    if (Causes.find(failure, AuthorizationException.class) != null) {
      return ": the credential may not read it; give it Listen, or the identity the role Azure"
          + " Event Hubs Data Receiver";
    }
    ConfigException config = Causes.find(failure, ConfigException.class);
    if (config != null && String.valueOf(config.getMessage()).contains(UNRESOLVED)) {
      return ": no name server knows its address; check the namespace or bootstrapServers, and the"
          + " DNS of this network";
    }
    return "";
  }
}
