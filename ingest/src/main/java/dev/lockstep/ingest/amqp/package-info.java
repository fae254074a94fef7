/**
 * Source that reads an event hub by AMQP with Azure's event processor.
 *
 * <p>No other source may come in. com.azure may be used here and in azure alone.
 */
@NullMarked
package dev.lockstep.ingest.amqp;

import org.jspecify.annotations.NullMarked;
