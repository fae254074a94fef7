package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.network.Network;

/**
 * Place and network of an address, as one observation has them.
 *
 * @param address the client's address
 * @param place where it was, {@link Place#UNKNOWN} without coordinates
 * @param network what it belongs to
 */
public record Location(Address address, Place place, Network network) {}
