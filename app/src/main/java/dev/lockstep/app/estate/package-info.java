/**
 * Gateways, APIs, privileged operations and vaults (the estate) as a capture shows them: a proposal
 * for the section {@code estate} of the configuration, and weak settings.
 *
 * <p>No rule is evaluated here; a replay finds out which findings a proposal would bring.
 */
@NullMarked
package dev.lockstep.app.estate;

import org.jspecify.annotations.NullMarked;
