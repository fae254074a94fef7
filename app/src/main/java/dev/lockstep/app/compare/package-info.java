/**
 * Comparison of two runs by their findings: which appeared, are gone or changed, in bounded memory,
 * and what decides now about those that are gone.
 *
 * <p>No rule and no engine may come in; explanations come from {@code app.explain}.
 */
@NullMarked
package dev.lockstep.app.compare;

import org.jspecify.annotations.NullMarked;
