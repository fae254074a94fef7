/**
 * Heartbeat of a running instance to Microsoft Sentinel: its rows, one for the instance and one a
 * source, and their sending.
 *
 * <p>Detections are not sent here, and the service does not know its heartbeat.
 */
@NullMarked
package dev.lockstep.app.heartbeat;

import org.jspecify.annotations.NullMarked;
