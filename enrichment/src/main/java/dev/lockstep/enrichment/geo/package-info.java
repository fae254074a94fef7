/**
 * Location of an address: its place and network by the log record, the networks files, the GeoIP
 * databases and the bundled list of providers, with the origin of each part.
 *
 * <p>No partner, exception or state may come in: an answer depends on the snapshot and the
 * arguments.
 */
@NullMarked
package dev.lockstep.enrichment.geo;

import org.jspecify.annotations.NullMarked;
