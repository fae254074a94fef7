/** Measurements; nobody depends on them. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.bench;
