/**
 * Microsoft Entra identity of a source, its OAuth login for Kafka clients, and the Kafka properties
 * of an event hub.
 *
 * <p>No reading of a hub may come in; kafka and amqp do that.
 */
@NullMarked
package dev.lockstep.ingest.azure;

import org.jspecify.annotations.NullMarked;
