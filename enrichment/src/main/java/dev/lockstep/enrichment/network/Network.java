package dev.lockstep.enrichment.network;

import org.jspecify.annotations.Nullable;

/**
 * The network that an address belongs to.
 *
 * @param asn autonomous system number, or null if unknown
 * @param organisation its holder, or null if unknown
 * @param prefix the /24 of an IPv4 address, the /48 of an IPv6 address
 * @param country ISO 3166 code in upper case, or null if unknown
 * @param networkClass what the networks files say, else the anonymiser database, else the bundled
 *     list of providers, else {@link NetworkClass#UNKNOWN}
 */
public record Network(
    @Nullable Long asn,
    @Nullable String organisation,
    String prefix,
    @Nullable String country,
    NetworkClass networkClass) {}
