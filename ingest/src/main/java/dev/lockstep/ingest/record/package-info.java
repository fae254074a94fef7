/**
 * Parsers that read the fields of log records of each category, and mappers that turn these fields
 * into activities.
 *
 * <p>No message, file, table or Kafka client may come in.
 */
@NullMarked
package dev.lockstep.ingest.record;

import org.jspecify.annotations.NullMarked;
