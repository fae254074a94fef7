/**
 * Delivery of detections from their Kafka topic to one sink: consumer, batches, retries, send
 * quotas, dead letters, offsets and status of the forwarder.
 *
 * <p>Nothing that belongs to one kind of sink may come in; the forwarder knows only the contract in
 * the package {@code sink}.
 */
@NullMarked
package dev.lockstep.sentinel.delivery;

import org.jspecify.annotations.NullMarked;
