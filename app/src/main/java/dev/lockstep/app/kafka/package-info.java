/**
 * Kafka cluster of topics and state: topic names, creation and checks of topics, supervision of the
 * cluster, group timeouts and limits of logins.
 *
 * <p>No record of a topic is read or written here.
 */
@NullMarked
package dev.lockstep.app.kafka;

import org.jspecify.annotations.NullMarked;
