/**
 * Rule {@code token-replay}: a token that is used where its owner is not. Only rules, schemas and
 * enrichment may be used here.
 */
@NullMarked
package dev.lockstep.detections.token;

import org.jspecify.annotations.NullMarked;
