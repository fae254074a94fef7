/**
 * IP addresses in canonical form, CIDR ranges, values by longest prefix, and the cache of recent
 * look-ups.
 *
 * <p>Nothing of networks, places, partners or files may come in.
 */
@NullMarked
package dev.lockstep.enrichment.address;

import org.jspecify.annotations.NullMarked;
