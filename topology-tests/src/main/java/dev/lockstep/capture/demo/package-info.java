/**
 * Bundled capture of 26 days: its people, its partners, its cases, and the findings that are
 * expected of each case.
 *
 * <p>Nothing of the simulated month may come in here.
 */
@NullMarked
package dev.lockstep.capture.demo;

import org.jspecify.annotations.NullMarked;
