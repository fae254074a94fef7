/**
 * Replay of captured logs: reading captures in parallel, sorting by arrival, running the rules in
 * this process, the summary and the HTML report, and playing a capture into a topic.
 *
 * <p>Code that knows the configuration file, a Kafka cluster or pseudonyms does not belong here.
 */
@NullMarked
package dev.lockstep.app.replay;

import org.jspecify.annotations.NullMarked;
