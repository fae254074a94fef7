package dev.lockstep.app;

import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row that the networks file may lack: a class, a place, or both.
 *
 * @param cidr an address, a prefix, or an autonomous system such as AS64500
 * @param why one line of prose without its numbers
 * @param numbers what was counted, by name; shares from 0 to 1
 * @param network the owner and country, for people
 */
record NetworkSuggestion(
    String cidr,
    @Nullable NetworkClass networkClass,
    @Nullable Place place,
    String why,
    Map<String, Number> numbers,
    String network) {}
