/**
 * Judgement of one day of a subject by a rule: what the rule is given, what it reports, and the
 * same as people see it.
 *
 * <p>Nothing that changes facts or findings may come in here.
 */
@NullMarked
package dev.lockstep.detections.judgement;

import org.jspecify.annotations.NullMarked;
