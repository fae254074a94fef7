/**
 * Driver of joins, engine and findings within one process, on all cores, as {@code lockstep replay}
 * runs it.
 *
 * <p>Nothing of Kafka and of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.local;

import org.jspecify.annotations.NullMarked;
