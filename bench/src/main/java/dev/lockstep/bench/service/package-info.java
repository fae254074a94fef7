/**
 * Measurement of the running service against a program that only consumes and parses the same
 * topic. Nothing of the product but its command and its topics may be used here.
 */
@org.jspecify.annotations.NullMarked
package dev.lockstep.bench.service;
