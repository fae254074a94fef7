/**
 * Privacy of people: pseudonyms, redaction of output, erasure of a principal from state and topics,
 * and the records that remain until retention ends.
 *
 * <p>Code that decides whether a rule fires does not belong here.
 */
@NullMarked
package dev.lockstep.app.privacy;

import org.jspecify.annotations.NullMarked;
