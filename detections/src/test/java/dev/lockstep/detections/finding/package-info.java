/** Tests of findings: revisions, alerts that confirm them, exceptions and words. */
@NullMarked
package dev.lockstep.detections.finding;

import org.jspecify.annotations.NullMarked;
