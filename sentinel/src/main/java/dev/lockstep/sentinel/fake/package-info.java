/**
 * Fake of the Logs Ingestion API for tests and the demo: a server on the loopback address that
 * checks requests as the service does and fails on demand.
 *
 * <p>It shares no code with the client that it tests, and nothing else of this module depends on
 * it.
 */
@NullMarked
package dev.lockstep.sentinel.fake;

import org.jspecify.annotations.NullMarked;
