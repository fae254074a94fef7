/**
 * Delivery of detections to Microsoft Sentinel and other sinks, and a fake of the Logs Ingestion
 * API.
 */
@NullMarked
package dev.lockstep.sentinel;

import org.jspecify.annotations.NullMarked;
