/**
 * Checks of lockstep doctor: connections, cluster, topics, sources, Microsoft Sentinel, sinks,
 * files, rules and the clock.
 *
 * <p>Checks must not change, commit or store anything.
 */
@NullMarked
package dev.lockstep.app.doctor;

import org.jspecify.annotations.NullMarked;
