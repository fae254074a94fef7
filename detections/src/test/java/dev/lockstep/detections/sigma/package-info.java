/** Tests of Sigma rules and correlations in the engine. */
@NullMarked
package dev.lockstep.detections.sigma;

import org.jspecify.annotations.NullMarked;
