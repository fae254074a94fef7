/**
 * Source that reads a folder of captured files in the order of their arrival, and files that are
 * added or grow later.
 *
 * <p>No file format and no other source may come in.
 */
@NullMarked
package dev.lockstep.ingest.capture;

import org.jspecify.annotations.NullMarked;
