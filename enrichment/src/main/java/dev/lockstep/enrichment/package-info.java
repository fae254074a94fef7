/**
 * Client address of a call, and place, network and partner of an address: pure look-ups over
 * snapshots.
 */
@NullMarked
package dev.lockstep.enrichment;

import org.jspecify.annotations.NullMarked;
