/**
 * Kafka cluster that has Lockstep's topics and state: topic names, creation and checks of topics,
 * supervision of the cluster, group membership and limits of logins.
 *
 * <p>Of all records, only published rules are read and written here, and detections are read.
 */
@NullMarked
package dev.lockstep.app.kafka;

import org.jspecify.annotations.NullMarked;
