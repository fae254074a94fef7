/**
 * Threads that end with the process, files that only their owner can read, and the cause behind a
 * failure. Nothing here knows a record, Kafka or Azure.
 */
@NullMarked
package dev.lockstep.schemas.process;

import org.jspecify.annotations.NullMarked;
