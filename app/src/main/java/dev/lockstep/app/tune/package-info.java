/**
 * Tuning of a rule by its past findings: classifications by analysts, the narrowest filters and
 * exceptions for findings closed as false, and the findings that a rule in shadow would have sent.
 *
 * <p>Nothing is changed or written here except proposals.
 */
@NullMarked
package dev.lockstep.app.tune;

import org.jspecify.annotations.NullMarked;
