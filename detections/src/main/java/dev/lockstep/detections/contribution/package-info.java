/**
 * Contributions to findings, made of the verdicts that a finding rests on: severity, texts,
 * evidence, entities, and the exceptions that cover it.
 *
 * <p>Nothing that keeps or judges a fact may come in here.
 */
@NullMarked
package dev.lockstep.detections.contribution;

import org.jspecify.annotations.NullMarked;
