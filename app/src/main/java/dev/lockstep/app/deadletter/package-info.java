/**
 * Dead letters and quarantined records for commands: access to their topics, and their forms as
 * text and as JSON.
 *
 * <p>Dead letters are written, read and retried in {@code ingest.kafka}, and options are in {@code
 * option}.
 */
@NullMarked
package dev.lockstep.app.deadletter;

import org.jspecify.annotations.NullMarked;
