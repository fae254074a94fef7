/**
 * Rule {@code workload-credential-drift}: workloads that prove themselves with what they did not
 * use before.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.workload;

import org.jspecify.annotations.NullMarked;
