package dev.lockstep.app.doctor;

import java.util.function.Consumer;

/**
 * Resource that is closed in its own way at the end of a block.
 *
 * @param it resource
 */
public record CloseAction<T>(T it, Consumer<T> how) implements AutoCloseable {
  @Override
  public void close() {
    how.accept(it);
  }
}
