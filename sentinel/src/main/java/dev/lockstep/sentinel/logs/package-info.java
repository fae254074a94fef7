/**
 * Client of the Azure Logs Ingestion API, and the sink that uses this client. The package also has
 * the client's settings, access tokens, allowed hosts, and rows of the Sentinel table.
 *
 * <p>No consumer, retry or quota may come in. No code outside this package reads the value of an
 * access token.
 */
@NullMarked
package dev.lockstep.sentinel.logs;

import org.jspecify.annotations.NullMarked;
