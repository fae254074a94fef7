/**
 * Contributions to findings, made of the verdicts that a finding rests on: severity, texts,
 * evidence, entities.
 *
 * <p>Nothing that keeps or judges a fact may come in here.
 */
@NullMarked
package dev.lockstep.detections.contribution;

import org.jspecify.annotations.NullMarked;
