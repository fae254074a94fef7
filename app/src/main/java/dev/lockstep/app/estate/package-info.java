/**
 * Estate as a capture shows it: a proposal for the section {@code estate}, and weak settings.
 *
 * <p>No rule is evaluated here; a replay finds out which findings a proposal would bring.
 */
@NullMarked
package dev.lockstep.app.estate;

import org.jspecify.annotations.NullMarked;
