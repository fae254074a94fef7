package dev.lockstep.app;

import dev.lockstep.schemas.OwnerOnly;
import dev.lockstep.schemas.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one instance's local state below the configured one: the first that no other
 * instance on this machine holds, so that several can share a configuration, and a restart finds
 * what it left.
 */
final class StateFolder implements AutoCloseable {
  private static final int MOST_INSTANCES = 64;

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private StateFolder(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes a folder.
   *
   * @throws OperatorException if none can be written to
   */
  static StateFolder take(Path parent) {
    try {
      for (int i = 0; i < MOST_INSTANCES; i++) {
        Path path = OwnerOnly.ownFolder(parent.resolve("instance-" + i));
        StateFolder taken = tryTake(path);
        if (taken != null) {
          return taken;
        }
      }
    } catch (IOException e) {
      throw new OperatorException(
          "could not keep state: kafka.stateDir %s cannot be written to (%s); name a folder that can"
              .formatted(Quoted.of(parent.toString()), e.getMessage()),
          e);
    }
    throw new OperatorException(
        "could not keep state: kafka.stateDir %s serves %d instances already; name another"
            .formatted(Quoted.of(parent.toString()), MOST_INSTANCES));
  }

  private static @Nullable StateFolder tryTake(Path path) throws IOException {
    FileChannel channel =
        OwnerOnly.open(path.resolve("held"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // held by another instance in this process
    }
    if (lock == null) {
      channel.close();
      return null;
    }
    return new StateFolder(path, channel, lock);
  }

  Path path() {
    return path;
  }

  /** Closes the folder to others again: Kafka Streams lets its group in. */
  void restrict() throws IOException {
    OwnerOnly.ownFolder(path);
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
