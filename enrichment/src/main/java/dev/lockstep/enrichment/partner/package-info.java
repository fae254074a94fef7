/**
 * Partner registry: partners with their declared ranges, known networks and change windows, and the
 * file that lists them.
 *
 * <p>No place and no exception comes in, and no judgement of a call.
 */
@NullMarked
package dev.lockstep.enrichment.partner;

import org.jspecify.annotations.NullMarked;
