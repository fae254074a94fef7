/**
 * Location of an address: its place and network by the record, the networks files and the GeoIP
 * databases, with the source of each part.
 *
 * <p>No partner, exception or state may come in: an answer depends on the snapshot and the
 * arguments.
 */
@NullMarked
package dev.lockstep.enrichment.geo;

import org.jspecify.annotations.NullMarked;
