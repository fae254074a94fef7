/**
 * Networks and their classes by address range and autonomous system, from networks files, Azure
 * service tags and the bundled provider list.
 *
 * <p>No GeoIP database, partner or exception may come in.
 */
@NullMarked
package dev.lockstep.enrichment.network;

import org.jspecify.annotations.NullMarked;
