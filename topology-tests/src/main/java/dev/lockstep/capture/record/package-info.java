/**
 * Sign-ins, calls, alerts and other records as Azure writes them, and the accounts, devices and
 * sites that they are of.
 *
 * <p>No story of who does what comes in here.
 */
@NullMarked
package dev.lockstep.capture.record;

import org.jspecify.annotations.NullMarked;
