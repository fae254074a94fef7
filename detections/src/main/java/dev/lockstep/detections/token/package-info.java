/**
 * Rule {@code token-replay}: a token that turns up where its owner is not. Nothing but rules,
 * schemas and enrichment comes in here.
 */
@NullMarked
package dev.lockstep.detections.token;

import org.jspecify.annotations.NullMarked;
