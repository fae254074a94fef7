/**
 * Source that reads a Kafka topic or the Kafka endpoint of an event hub, the recorder of a topic,
 * and the retry of dead letters.
 *
 * <p>No AMQP, no com.azure and no other source may come in.
 */
@NullMarked
package dev.lockstep.ingest.kafka;

import org.jspecify.annotations.NullMarked;
