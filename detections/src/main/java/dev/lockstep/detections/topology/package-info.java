/**
 * Stages that run the engine on Kafka Streams: the topology, its state on disk, and the records
 * between stages.
 *
 * <p>No rule, no source and no sink may come in here.
 */
@NullMarked
package dev.lockstep.detections.topology;

import org.jspecify.annotations.NullMarked;
