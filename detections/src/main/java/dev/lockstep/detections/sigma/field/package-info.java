/**
 * Fields of Sigma rules: the table of the names that rules use, by service, and where their values
 * come from; and the log categories that a service means.
 *
 * <p>No document and no comparison of values comes in here.
 */
@NullMarked
package dev.lockstep.detections.sigma.field;

import org.jspecify.annotations.NullMarked;
