/**
 * Kafka cluster that has Lockstep's topics and state: names and checks of topics, supervision of
 * the cluster, group membership and limits of logins.
 *
 * <p>The only records read here are published rules and detections. The only records written here
 * are published rules.
 */
@NullMarked
package dev.lockstep.app.kafka;

import org.jspecify.annotations.NullMarked;
