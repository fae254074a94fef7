/**
 * Interface of a source, and the parts that all sources share: lifecycle, health, start position,
 * and the check of a stored position against the partition's log.
 *
 * <p>No protocol may come in; each has its own package: kafka, amqp, capture.
 */
@NullMarked
package dev.lockstep.ingest.source;

import org.jspecify.annotations.NullMarked;
