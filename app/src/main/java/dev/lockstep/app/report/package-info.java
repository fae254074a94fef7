/**
 * Report of findings as one HTML page: its data, its frame, and incidents and runbooks that it
 * shows.
 *
 * <p>No reading of captures and no rule's engine may come in.
 */
@NullMarked
package dev.lockstep.app.report;

import org.jspecify.annotations.NullMarked;
