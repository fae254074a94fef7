/**
 * Replay of captured logs: reading captures in parallel, sorting by arrival, running the rules in
 * this process, the summary and the HTML report, and playing a capture into a topic.
 *
 * <p>No configuration file, no Kafka cluster and no pseudonym may come in.
 */
@NullMarked
package dev.lockstep.app.replay;

import org.jspecify.annotations.NullMarked;
