/**
 * Running service with its roles ingest, detect and forward: Kafka Streams, sinks, threads, state
 * folder, latencies and health.
 *
 * <p>No command, no HTTP server and no replay may come in.
 */
@NullMarked
package dev.lockstep.app.service;

import org.jspecify.annotations.NullMarked;
