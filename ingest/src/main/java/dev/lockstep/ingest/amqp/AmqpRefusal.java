package dev.lockstep.ingest.amqp;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.CredentialUnavailableException;
import com.azure.storage.blob.models.BlobStorageException;
import dev.lockstep.schemas.process.Causes;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writer of texts that explain why an event hub cannot be read over AMQP. A text depends on the
 * exception that was thrown, and has the fix as far as it is known.
 */
final class AmqpRefusal {
  private AmqpRefusal() {}

  static boolean isStolen(Throwable failure) {
    return condition(failure) == AmqpErrorCondition.LINK_STOLEN;
  }

  /** Returns whether the hub answered a failed query, for example with a refusal. */
  static boolean isAnswer(Throwable failure) {
    AmqpErrorCondition condition = condition(failure);
    return condition != null && condition != AmqpErrorCondition.TIMEOUT_ERROR;
  }

  static String of(Throwable failure) {
    Throwable token = Causes.find(failure, CredentialUnavailableException.class);
    if (token == null) {
      token = Causes.find(failure, ClientAuthenticationException.class);
    }
    if (token != null) {
      return "there is no access token ("
          + Causes.oneLine(String.valueOf(token.getMessage()), 300)
          + "); fix the source's auth";
    }
    BlobStorageException blobs = Causes.find(failure, BlobStorageException.class);
    if (blobs != null) {
      return "the container of checkpoints cannot be used (HTTP "
          + blobs.getStatusCode()
          + (blobs.getErrorCode() == null ? "" : " " + blobs.getErrorCode())
          + "); create the container, or give the identity the role Storage Blob Data Contributor"
          + " on it";
    }
    AmqpErrorCondition condition = condition(failure);
    if (condition == null && Causes.find(failure, TimeoutException.class) != null) {
      return "the hub does not answer; check the network and the state of the namespace";
    }
    if (condition == null) {
      return "the hub cannot be read (" + Causes.of(failure) + ")";
    }
    return switch (condition) {
      case LINK_STOLEN ->
          "another reader of the same consumer group has taken the partition; set the key"
              + " checkpoints.container to the same container for all instances, or give each reader"
              + " its own consumer group";
      case UNAUTHORIZED_ACCESS ->
          "the hub refuses the credential; check the credential, or give the identity the role"
              + " Azure Event Hubs Data Receiver";
      case NOT_FOUND ->
          "the hub or its consumer group does not exist; create the missing one, or fix its name";
      case SERVER_BUSY_ERROR -> "the namespace throttles; give it more throughput units";
      case RESOURCE_LIMIT_EXCEEDED ->
          "the namespace allows no more readers or connections; close some of them, or move to a"
              + " higher tier";
      default -> "the hub cannot be read (" + Causes.of(failure) + ")";
    };
  }

  private static @Nullable AmqpErrorCondition condition(Throwable failure) {
    AmqpException amqp = Causes.find(failure, AmqpException.class);
    return amqp == null ? null : amqp.getErrorCondition();
  }
}
