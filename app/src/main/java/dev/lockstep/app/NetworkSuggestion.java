package dev.lockstep.app;

import dev.lockstep.enrichment.NetworkClass;
import java.util.Map;

/**
 * A row that the networks file may lack.
 *
 * @param cidr an address or a prefix
 * @param why one line of prose without its numbers
 * @param numbers what was counted, by name; shares from 0 to 1
 * @param network the owner and country, for people
 */
record NetworkSuggestion(
    String cidr,
    NetworkClass networkClass,
    String why,
    Map<String, Number> numbers,
    String network) {}
