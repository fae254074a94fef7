/**
 * Source that reads the messages in a folder of captured files in the order of their arrival times,
 * also in files that are added or grow later.
 *
 * <p>No file format and no other source may come in.
 */
@NullMarked
package dev.lockstep.ingest.capture;

import org.jspecify.annotations.NullMarked;
