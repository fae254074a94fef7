package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.DetectionSection;

/**
 * Sigma document with a rule about single events.
 *
 * @param source log source of the events
 * @param detection selections and condition
 * @param lines places of the detection's parts
 */
public record RuleDocument(
    Header header, LogSource source, DetectionSection detection, DetectionLines lines)
    implements SigmaDocument {}
