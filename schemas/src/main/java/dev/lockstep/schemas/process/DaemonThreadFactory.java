package dev.lockstep.schemas.process;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.NullMarked;

/**
 * Factory of threads that do not keep the process alive.
 *
 * @param name name of each thread
 */
@NullMarked
public record DaemonThreadFactory(String name) implements ThreadFactory {
  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
