/**
 * Partner registry: partners with their declared ranges, known networks and change windows, and the
 * file that lists them.
 *
 * <p>No place, no exception and no judgement of a call may come in.
 */
@NullMarked
package dev.lockstep.enrichment.partner;

import org.jspecify.annotations.NullMarked;
