/**
 * Readers of files that an operator writes, the writer of YAML values, parsers of single values,
 * and errors that name file, line and fix.
 *
 * <p>The meaning of a file stays in the package of its content. No other package of this module may
 * be used here.
 */
@NullMarked
package dev.lockstep.enrichment.file;

import org.jspecify.annotations.NullMarked;
