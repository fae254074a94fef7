/**
 * Checks of lockstep doctor: connections, cluster, topics, sources, Microsoft Sentinel, sinks,
 * files, rules and the clock.
 *
 * <p>A check changes nothing, commits nothing and stores nothing.
 */
@NullMarked
package dev.lockstep.app.doctor;

import org.jspecify.annotations.NullMarked;
