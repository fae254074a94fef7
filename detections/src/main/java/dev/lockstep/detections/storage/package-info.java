/**
 * Records that the engine keeps of subjects, in memory or in a store, and the pseudonym that an
 * erasure puts in place of a principal.
 *
 * <p>What a record means does not come in here.
 */
@NullMarked
package dev.lockstep.detections.storage;

import org.jspecify.annotations.NullMarked;
