/**
 * Kafka cluster of topics and state: topic names, creation and checks of topics, supervision of the
 * cluster, group timeouts and limits of logins.
 *
 * <p>Records of topics are not read or written here, except published rules.
 */
@NullMarked
package dev.lockstep.app.kafka;

import org.jspecify.annotations.NullMarked;
