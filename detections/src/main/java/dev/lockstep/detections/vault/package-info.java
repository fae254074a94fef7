/**
 * Rule {@code vault-outside}: calls of private key vaults from outside, or by principals that did
 * not use them before.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.vault;

import org.jspecify.annotations.NullMarked;
