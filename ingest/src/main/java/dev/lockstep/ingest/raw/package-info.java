/**
 * Raw fields: the values of a record's fields that loaded rules name by their paths.
 *
 * <p>It knows paths and JSON only; no mapper, category or rule may come in.
 */
@NullMarked
package dev.lockstep.ingest.raw;

import org.jspecify.annotations.NullMarked;
