/**
 * Sigma documents as their authors wrote them: rules, correlations and filters, with the file and
 * line of each part, and the faults for which a document is refused.
 *
 * <p>The YAML parser is known here and in no other package of Sigma. Nothing of an event, of a rule
 * of the engine or of state may come in.
 */
@NullMarked
package dev.lockstep.detections.sigma.document;

import org.jspecify.annotations.NullMarked;
