package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.network.Network;

/**
 * Place and network of an address at the time of one event. They are from the event's record, the
 * networks files, the GeoIP databases and the bundled list of providers.
 *
 * @param address client's address
 * @param place place of the observation, {@link Place#UNKNOWN} without coordinates
 * @param network network of the address
 */
public record Location(Address address, Place place, Network network) {}
