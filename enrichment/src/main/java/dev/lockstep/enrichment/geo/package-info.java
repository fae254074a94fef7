/**
 * Location of an address: its place and network as the record, the networks files and the GeoIP
 * databases have them, with the source of each part.
 *
 * <p>No partner or exception comes in, and no state: an answer depends on the snapshot and the
 * arguments.
 */
@NullMarked
package dev.lockstep.enrichment.geo;

import org.jspecify.annotations.NullMarked;
