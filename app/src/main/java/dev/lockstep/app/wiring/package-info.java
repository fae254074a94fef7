/**
 * Construction of sources, credentials and look-ups from the configuration: ingest, Azure
 * identities, access to Microsoft Sentinel, and enrichment with its files.
 *
 * <p>Nothing is started here and no thread is created.
 */
@NullMarked
package dev.lockstep.app.wiring;

import org.jspecify.annotations.NullMarked;
