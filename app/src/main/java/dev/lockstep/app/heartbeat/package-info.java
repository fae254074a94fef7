/**
 * Heartbeats of a running instance to Microsoft Sentinel: the rows, one for the instance and one
 * for each source, and the sender.
 *
 * <p>Detections are not sent here, and the service does not know its heartbeat.
 */
@NullMarked
package dev.lockstep.app.heartbeat;

import org.jspecify.annotations.NullMarked;
