/**
 * IP addresses with their canonical texts, CIDR ranges, a map from ranges to values, and a cache of
 * the answers of look-ups.
 *
 * <p>Nothing of networks, places, partners or files may come in.
 */
@NullMarked
package dev.lockstep.enrichment.address;

import org.jspecify.annotations.NullMarked;
