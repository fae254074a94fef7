package dev.lockstep.enrichment.network;

import org.jspecify.annotations.Nullable;

/**
 * Network of an address: its autonomous system, prefix, country and class.
 *
 * @param asn autonomous system number, or null if unknown
 * @param organisation holder of the autonomous system, or null if unknown
 * @param prefix /24 of an IPv4 address, /48 of an IPv6 address
 * @param country ISO 3166 code in upper case, or null if unknown
 * @param networkClass class by the networks files, else the anonymiser database, else the bundled
 *     list of providers, else {@link NetworkClass#UNKNOWN}
 */
public record Network(
    @Nullable Long asn,
    @Nullable String organisation,
    String prefix,
    @Nullable String country,
    NetworkClass networkClass) {}
