/**
 * Engine of all rules in plain Java, which merges facts, judges days and keeps lessons and
 * findings.
 *
 * <p>Nothing of Kafka, of a source, of a clock or of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.engine;

import org.jspecify.annotations.NullMarked;
