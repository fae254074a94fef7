/**
 * Sinks of detections, the contract that each of them keeps, and the HTTP client that they share.
 *
 * <p>No consumer offset, retry, quota or Azure credential may come in. A sink sends one batch once
 * and returns the result.
 */
@NullMarked
package dev.lockstep.sentinel.sink;

import org.jspecify.annotations.NullMarked;
