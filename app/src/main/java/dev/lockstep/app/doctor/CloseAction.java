package dev.lockstep.app.doctor;

import java.util.function.Consumer;

/**
 * Resource for a try block that runs a given action when it is closed.
 *
 * @param it resource
 */
public record CloseAction<T>(T it, Consumer<T> how) implements AutoCloseable {
  @Override
  public void close() {
    how.accept(it);
  }
}
