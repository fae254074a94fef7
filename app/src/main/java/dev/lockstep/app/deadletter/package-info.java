/**
 * Dead letters and quarantined records as commands show them: the use of their topics, text and
 * JSON.
 *
 * <p>Dead letters are written, read and retried in {@code ingest.kafka}, and options are in {@code
 * option}.
 */
@NullMarked
package dev.lockstep.app.deadletter;

import org.jspecify.annotations.NullMarked;
