/**
 * Report of findings as one HTML page: its data, its frame and its runbooks.
 *
 * <p>Code that reads captures or knows the engine does not belong here.
 */
@NullMarked
package dev.lockstep.app.report;

import org.jspecify.annotations.NullMarked;
