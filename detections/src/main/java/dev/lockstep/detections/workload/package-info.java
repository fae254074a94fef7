/**
 * Rule {@code workload-credential-drift}: workloads that sign in with a credential, or from a class
 * of network, that they did not use before.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.workload;

import org.jspecify.annotations.NullMarked;
