/**
 * Rule {@code workload-credential-drift}: workloads that sign in with a weaker kind of credential
 * than before, with a new key, or from a new class of network.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.workload;

import org.jspecify.annotations.NullMarked;
