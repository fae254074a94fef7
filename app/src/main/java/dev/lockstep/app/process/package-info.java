/**
 * Java process of a command: threads, signals, exit codes, version, native libraries, HTTP servers
 * and the end after a fatal error.
 *
 * <p>Code that knows the configuration or Kafka does not belong here.
 */
@NullMarked
package dev.lockstep.app.process;

import org.jspecify.annotations.NullMarked;
