package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class EndedTransactionTest {
  @Test
  void isToldWithTheSetting_howeverDeepTheCause() {
    assertThat(
            EndedTransaction.of(
                new StreamsException("commit", new InvalidTxnStateException("invalid state"))))
        .contains("transaction.timeout.ms")
        .contains("read again");
  }

  @Test
  void isNotTheCauseOfOtherFailures() {
    assertThat(EndedTransaction.of(new StreamsException("offset 7"))).isNull();
  }
}
