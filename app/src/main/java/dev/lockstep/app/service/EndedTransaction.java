package dev.lockstep.app.service;

import dev.lockstep.schemas.process.Causes;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.jspecify.annotations.Nullable;

/**
 * Explanation of a failure whose cause is that the cluster ended a transaction before its commit.
 */
final class EndedTransaction {
  private EndedTransaction() {}

  /**
   * Returns a message that the cluster ended a transaction, with the probable cause and fix, or
   * null if the failure has another cause. The records that the transaction had read are read
   * again.
   */
  static @Nullable String of(Throwable failure) {
    return Causes.find(failure, InvalidTxnStateException.class) == null
        ? null
        : "the cluster ended a transaction before its commit, probably because it took longer than"
            + " transaction.timeout.ms; its records are read again. If this happens again, give"
            + " this instance or the brokers more processor time";
  }
}
