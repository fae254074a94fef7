/**
 * Sign-ins, calls, alerts and other records as Azure writes them, with the accounts, devices and
 * sites in them.
 *
 * <p>No case or story of who does what may come in here.
 */
@NullMarked
package dev.lockstep.capture.record;

import org.jspecify.annotations.NullMarked;
