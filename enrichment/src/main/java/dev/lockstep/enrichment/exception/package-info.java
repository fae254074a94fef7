/**
 * Exceptions from rules: findings that an operator expects, each with reason, owner and expiry, and
 * the file that lists them.
 *
 * <p>No Java exception and no judgement of a finding comes in; a rule asks whether an entry names
 * its finding.
 */
@NullMarked
package dev.lockstep.enrichment.exception;

import org.jspecify.annotations.NullMarked;
