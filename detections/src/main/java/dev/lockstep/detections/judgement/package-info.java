/**
 * Judgement of one day of a subject by a rule, with what the rule is given and what it reports,
 * also in words for people.
 *
 * <p>Nothing that changes facts or findings may come in here.
 */
@NullMarked
package dev.lockstep.detections.judgement;

import org.jspecify.annotations.NullMarked;
