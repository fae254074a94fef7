/**
 * Readers and editors of files that an operator writes, single values in them, and errors that name
 * file, line and fix.
 *
 * <p>The meaning of a file stays in the package of its content, and no other package of this module
 * is known here.
 */
@NullMarked
package dev.lockstep.enrichment.file;

import org.jspecify.annotations.NullMarked;
