/**
 * Client address of a call, and place, network and partner of an address: look-ups in snapshots,
 * without side effects.
 */
@NullMarked
package dev.lockstep.enrichment;

import org.jspecify.annotations.NullMarked;
