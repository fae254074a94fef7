/**
 * Splitters of a text into messages: lines, JSON documents, CSV exports and answers of the Log
 * Analytics query API.
 *
 * <p>No file is opened and nothing is decompressed here; the package {@code file} does both.
 */
@NullMarked
package dev.lockstep.ingest.split;

import org.jspecify.annotations.NullMarked;
