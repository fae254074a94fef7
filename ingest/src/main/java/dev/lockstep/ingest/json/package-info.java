/**
 * JSON below the level of a record: the keys that are read, a walker of nested and embedded JSON, a
 * scanner of damaged bytes and a hash of content.
 *
 * <p>No log category, record or outcome may come in.
 */
@NullMarked
package dev.lockstep.ingest.json;

import org.jspecify.annotations.NullMarked;
