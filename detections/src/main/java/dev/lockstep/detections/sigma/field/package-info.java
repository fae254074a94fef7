/**
 * Fields of Sigma rules: a table of the names that rules use, by service, with the sources of the
 * values; and the log categories of each service.
 *
 * <p>Code that knows documents or compares values does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma.field;

import org.jspecify.annotations.NullMarked;
