/**
 * Log categories that are read, in Azure's spelling, and the groups of categories with one mapper.
 *
 * <p>The fields and the mapping of a category belong to package {@code record}. This package uses
 * no other package of the module.
 */
@NullMarked
package dev.lockstep.ingest.category;

import org.jspecify.annotations.NullMarked;
