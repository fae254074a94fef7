/**
 * Kafka cluster that activities are written to: its topics and clients, the transactional writer,
 * and the stored position and watermark of each source partition.
 *
 * <p>No source may be known here; a source hands over messages and positions.
 */
@NullMarked
package dev.lockstep.ingest.cluster;

import org.jspecify.annotations.NullMarked;
