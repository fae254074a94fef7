/**
 * Driver of joins, engine and findings within one process, on all cores: what {@code replay} runs.
 *
 * <p>Nothing of Kafka and of a single rule comes in here.
 */
@NullMarked
package dev.lockstep.detections.local;

import org.jspecify.annotations.NullMarked;
