/**
 * State of a subject: facts, days, lessons and findings given out, as objects and as records.
 *
 * <p>Nothing that judges a day comes in here.
 */
@NullMarked
package dev.lockstep.detections.state;

import org.jspecify.annotations.NullMarked;
