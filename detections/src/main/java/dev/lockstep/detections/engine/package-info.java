/**
 * Engine of all rules, in plain Java: merges facts, judges days, keeps lessons and findings.
 *
 * <p>Nothing of Kafka, of a source, of a clock or of a single rule comes in here.
 */
@NullMarked
package dev.lockstep.detections.engine;

import org.jspecify.annotations.NullMarked;
