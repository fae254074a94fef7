/**
 * Fields, parsers and mappers of one log record of each category, up to its Activity.
 *
 * <p>No message, file, table or Kafka client may come in.
 */
@NullMarked
package dev.lockstep.ingest.record;

import org.jspecify.annotations.NullMarked;
