package dev.lockstep.app.doctor;

import java.util.function.Consumer;

/**
 * Something that is closed in a way of its own at the end of a block.
 *
 * @param it what is closed
 */
public record CloseAction<T>(T it, Consumer<T> how) implements AutoCloseable {
  @Override
  public void close() {
    how.accept(it);
  }
}
