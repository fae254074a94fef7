package dev.lockstep.app.doctor;

import java.util.function.Consumer;

/**
 * Resource of a try block that is closed by a given action.
 *
 * @param it resource
 */
public record CloseAction<T>(T it, Consumer<T> how) implements AutoCloseable {
  @Override
  public void close() {
    how.accept(it);
  }
}
