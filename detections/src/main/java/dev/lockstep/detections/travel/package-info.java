/**
 * Rule {@code impossible-travel}: somebody who was observed at two places too far apart for the
 * time between. Nothing but rules, schemas and enrichment comes in here.
 */
@NullMarked
package dev.lockstep.detections.travel;

import org.jspecify.annotations.NullMarked;
