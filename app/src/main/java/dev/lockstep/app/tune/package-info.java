/**
 * Tuning of a rule by its past findings: the verdicts of analysts, the narrowest filters and
 * exceptions for what they closed as false, and what a rule in shadow would have sent.
 *
 * <p>Nothing is changed or written here but what is proposed.
 */
@NullMarked
package dev.lockstep.app.tune;

import org.jspecify.annotations.NullMarked;
