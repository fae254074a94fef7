/**
 * Client of the Azure Logs Ingestion API with its settings, access tokens, allowed hosts and rows
 * of the Sentinel table, and the sink made of them.
 *
 * <p>No consumer, retry or quota may come in. No code outside this package reads the value of an
 * access token.
 */
@NullMarked
package dev.lockstep.sentinel.logs;

import org.jspecify.annotations.NullMarked;
