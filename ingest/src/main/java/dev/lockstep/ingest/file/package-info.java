/**
 * Captured files: the reader that recognises gzip, zstd, UTF-16 and Avro by content, and the writer
 * of the format of Event Hubs Capture.
 *
 * <p>No Kafka client, source or stored position may come in.
 */
@NullMarked
package dev.lockstep.ingest.file;

import org.jspecify.annotations.NullMarked;
