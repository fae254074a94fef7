package dev.lockstep.app.broker;

import dev.lockstep.app.terminal.OperatorException;

/**
 * Check that the libraries of the local Kafka broker are present, because the container image
 * leaves them out.
 */
public final class BrokerLibraries {
  private static final String A_CLASS_OF_THEM = "/kafka/server/KafkaRaftServer.class";

  private BrokerLibraries() {}

  /**
   * Checks that the libraries of the broker are present.
   *
   * @throws OperatorException if the libraries are not on the class path
   */
  public static void require() {
    if (BrokerLibraries.class.getResource(A_CLASS_OF_THEM) == null) {
      throw new OperatorException(
          "could not start a Kafka broker: the container image leaves out the libraries of Kafka's"
              + " broker; run this command from a source tree");
    }
  }
}
