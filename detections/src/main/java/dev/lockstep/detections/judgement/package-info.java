/**
 * A rule's judgement of one day of a subject: what the rule is given, what it reports, and the same
 * as people see it.
 *
 * <p>Nothing that changes state comes in here.
 */
@NullMarked
package dev.lockstep.detections.judgement;

import org.jspecify.annotations.NullMarked;
