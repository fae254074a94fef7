/**
 * Rule {@code workload-credential-drift}: workloads that sign in with a weaker kind of credential
 * than before, with a new key, or from a new network class (hosting or VPN).
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.workload;

import org.jspecify.annotations.NullMarked;
