/**
 * Kit for tests of a rule: a builder of activities, and a check of findings in many orders of
 * arrival.
 *
 * <p>The engine is found at run time. No part of the engine or of a test framework may come in
 * here.
 */
@NullMarked
package dev.lockstep.rules.kit;

import org.jspecify.annotations.NullMarked;
