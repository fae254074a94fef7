/**
 * Delivery of detections from their Kafka topic to one sink: consumer, batches, retries, send
 * quotas, dead letters, offsets and status of the forwarder.
 *
 * <p>Nothing that belongs to one kind of sink comes in; the forwarder knows the contract in sink
 * only.
 */
@NullMarked
package dev.lockstep.sentinel.delivery;

import org.jspecify.annotations.NullMarked;
