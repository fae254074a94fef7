/**
 * Exceptions from rules: findings that an operator expects, each with reason, owner and expiry, and
 * the file that lists them.
 *
 * <p>No Java exception class and no judgement of a finding may come in. The code that makes a
 * finding asks which entries cover it.
 */
@NullMarked
package dev.lockstep.enrichment.exception;

import org.jspecify.annotations.NullMarked;
