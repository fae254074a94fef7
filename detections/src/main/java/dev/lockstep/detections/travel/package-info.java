/**
 * Rule {@code impossible-travel}: a principal that is observed at two places too far apart for the
 * time between. Only rules, schemas and enrichment may be used here.
 */
@NullMarked
package dev.lockstep.detections.travel;

import org.jspecify.annotations.NullMarked;
