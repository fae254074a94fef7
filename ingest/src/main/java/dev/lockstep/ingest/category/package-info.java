/**
 * Log categories that are read, in Azure's spelling, and the groups of categories with one mapper.
 *
 * <p>Fields and mapping of a category belong to record; no other package of this module is known
 * here.
 */
@NullMarked
package dev.lockstep.ingest.category;

import org.jspecify.annotations.NullMarked;
