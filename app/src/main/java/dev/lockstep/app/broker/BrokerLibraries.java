package dev.lockstep.app.broker;

import dev.lockstep.app.terminal.OperatorException;

/** Libraries of the local Kafka broker, which a source tree has and the container image lacks. */
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
          "could not start a Kafka broker: this needs the broker's libraries, which the image leaves out; run it from a source tree");
    }
  }
}
