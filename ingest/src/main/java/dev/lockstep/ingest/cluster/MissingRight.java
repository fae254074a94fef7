package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.process.Causes;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;

/** Explanation of a refusal by the target cluster because the credential lacks a right. */
public final class MissingRight {
  private MissingRight() {}

  /**
   * Returns a message with a fix if the credential of {@code kafka.properties} lacks a right, or
   * null if the failure has another cause.
   */
  public static @Nullable String of(Throwable failure) {
    AuthorizationException refusal = Causes.find(failure, AuthorizationException.class);
    return refusal == null
        ? null
        : "the credential of kafka.properties lacks a right on the cluster (%s); %s"
            .formatted(Causes.of(refusal), fix(refusal));
  }

  static String fix(AuthorizationException refusal) {
    return "grant the credential "
        + rights(refusal)
        + "; \"Groups and roles\" in docs/operations.md lists all rights that Lockstep needs";
  }

  private static String rights(AuthorizationException refusal) {
    if (refusal instanceof GroupAuthorizationException) {
      return "Read on the groups whose names begin with kafka.topicPrefix";
    }
    if (refusal instanceof TransactionalIdAuthorizationException) {
      return "Describe and Write on the transactional ids that begin with kafka.topicPrefix";
    }
    return refusal instanceof TopicAuthorizationException
        ? "Create, Describe, DescribeConfigs, Read and Write on the topics whose names begin with"
            + " kafka.topicPrefix"
        : "the rights that Lockstep needs";
  }
}
