/**
 * Single values in a text: numbers, IP addresses, token ids and hashes.
 *
 * <p>No record, category or source may come in. No other package of this module may be used here.
 */
@NullMarked
package dev.lockstep.ingest.text;

import org.jspecify.annotations.NullMarked;
