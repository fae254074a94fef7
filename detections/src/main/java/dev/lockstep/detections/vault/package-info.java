/**
 * Rule {@code vault-outside}: calls to private key vaults from public addresses, or by principals
 * that did not use the vault on the days from which the rule has learned.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.vault;

import org.jspecify.annotations.NullMarked;
