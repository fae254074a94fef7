/**
 * Local Kafka broker of one node for a demo or a trial: its folder, its settings, and the check
 * that its libraries are present.
 *
 * <p>Nothing of the configuration may come in, and the service does not know that such a broker
 * exists.
 */
@NullMarked
package dev.lockstep.app.broker;

import org.jspecify.annotations.NullMarked;
