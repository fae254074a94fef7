/**
 * Privacy of people: pseudonyms, redaction of what is printed or written, erasure of a principal
 * from the topics, and the records that remain until retention ends.
 *
 * <p>Nothing that decides whether a rule fires may come in.
 */
@NullMarked
package dev.lockstep.app.privacy;

import org.jspecify.annotations.NullMarked;
