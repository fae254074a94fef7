/**
 * Rule {@code vault-outside}: calls of private key vaults from outside, or by whom they do not
 * know.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.vault;

import org.jspecify.annotations.NullMarked;
