/** Guards on the house itself: who may know whom, and what nobody may do. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.policy;
