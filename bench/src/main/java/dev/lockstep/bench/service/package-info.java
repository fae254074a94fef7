/**
 * Measurement of the running service against the floor: consuming and parsing the same topic. Knows
 * the product by its command and its topics only.
 */
@org.jspecify.annotations.NullMarked
package dev.lockstep.bench.service;
