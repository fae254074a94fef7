/**
 * Messages and the reader that splits each one into records, under limits of size and depth, with
 * recovery of damaged JSON.
 *
 * <p>No file, Kafka client or stored position may come in. The same bytes give the same outcomes.
 */
@NullMarked
package dev.lockstep.ingest.message;

import org.jspecify.annotations.NullMarked;
