package dev.lockstep.app.doctor;

import java.util.function.Consumer;

/**
 * Resource with the action that closes the resource at the end of a try block.
 *
 * @param it resource
 */
public record CloseAction<T>(T it, Consumer<T> how) implements AutoCloseable {
  @Override
  public void close() {
    how.accept(it);
  }
}
