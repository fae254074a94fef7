/**
 * Joins of calls with their identity links and with Front Door's records, before the rules.
 *
 * <p>Nothing of a rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.join;

import org.jspecify.annotations.NullMarked;
