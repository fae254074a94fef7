/**
 * Source that reads the messages of captured files in the order of their arrival times, and
 * continues when files are added or grow.
 *
 * <p>No file format and no other source may come in.
 */
@NullMarked
package dev.lockstep.ingest.capture;

import org.jspecify.annotations.NullMarked;
