/** Benchmark of decoding. No other module may depend on this one. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.bench;
