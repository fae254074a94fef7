package dev.lockstep.app.process;

import java.util.concurrent.ThreadFactory;

/**
 * Makes threads that do not keep the process from ending.
 *
 * @param name of each
 */
public record DaemonThreadFactory(String name) implements ThreadFactory {
  @Override
  public Thread newThread(Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
