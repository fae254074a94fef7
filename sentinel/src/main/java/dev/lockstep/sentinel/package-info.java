/**
 * Delivery of detections to Microsoft Sentinel, and a local stand-in for its Logs Ingestion API.
 */
@NullMarked
package dev.lockstep.sentinel;

import org.jspecify.annotations.NullMarked;
