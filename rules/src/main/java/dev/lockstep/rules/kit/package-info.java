/**
 * Kit to test a rule with: activities by hand, and a check of its findings in many orders.
 *
 * <p>The engine is found at run time, and nothing of it or of a test framework comes in here.
 */
@NullMarked
package dev.lockstep.rules.kit;

import org.jspecify.annotations.NullMarked;
