/**
 * Metrics and health of a running service: the meters by name and label, and the HTTP server for
 * Prometheus and probes.
 *
 * <p>The service does the counting, and does not know this package.
 */
@NullMarked
package dev.lockstep.app.metrics;

import org.jspecify.annotations.NullMarked;
