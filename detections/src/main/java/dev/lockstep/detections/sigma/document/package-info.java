/**
 * Sigma documents as their authors wrote them: rules, correlations and filters, with the file and
 * line of each part, and the faults for which a document is refused.
 *
 * <p>Only this package of Sigma uses the YAML parser. Code that knows events, rules of the engine
 * or state does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma.document;

import org.jspecify.annotations.NullMarked;
