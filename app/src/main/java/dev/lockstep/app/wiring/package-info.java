/**
 * Factories of objects that the configuration describes: ingest, Azure identities, access to
 * Microsoft Sentinel, and enrichment with its files.
 *
 * <p>Nothing is started here and no thread is created.
 */
@NullMarked
package dev.lockstep.app.wiring;

import org.jspecify.annotations.NullMarked;
