/**
 * Exceptions from rules: findings that an operator expects, each with reason, owner and expiry, and
 * the file that lists them.
 *
 * <p>No Java exception class and no judgement of a finding may come in; a rule asks whether an
 * entry covers its finding.
 */
@NullMarked
package dev.lockstep.enrichment.exception;

import org.jspecify.annotations.NullMarked;
