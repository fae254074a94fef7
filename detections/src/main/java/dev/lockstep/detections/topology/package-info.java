/**
 * Drivers of the engine on Kafka Streams: topologies, their state on disk, what they send.
 *
 * <p>No rule comes in here; nor does a source, or whoever sends detections on.
 */
@NullMarked
package dev.lockstep.detections.topology;

import org.jspecify.annotations.NullMarked;
