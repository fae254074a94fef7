/**
 * Local Kafka broker of one node for a demo or a trial: its folder, its settings, and the check
 * that its libraries are present.
 *
 * <p>Code that knows the configuration does not belong here; the service does not know that such a
 * broker exists.
 */
@NullMarked
package dev.lockstep.app.broker;

import org.jspecify.annotations.NullMarked;
