/**
 * Java process of a command: threads, signals, exit codes, version, native libraries and the end
 * after a fatal error.
 *
 * <p>Nothing comes in that knows the configuration or Kafka.
 */
@NullMarked
package dev.lockstep.app.process;

import org.jspecify.annotations.NullMarked;
