/**
 * Java process of a command: threads, signals, exit codes, version, native libraries and the end
 * after a fatal error.
 *
 * <p>No code that knows the configuration or Kafka may come in.
 */
@NullMarked
package dev.lockstep.app.process;

import org.jspecify.annotations.NullMarked;
