package dev.lockstep.app;

import java.util.function.Consumer;

/**
 * Something that is closed in a way of its own at the end of a block.
 *
 * @param it what is closed
 */
record Closing<T>(T it, Consumer<T> how) implements AutoCloseable {
  @Override
  public void close() {
    how.accept(it);
  }
}
