/**
 * Records that the engine keeps of subjects, in memory or in a store.
 *
 * <p>What a record means does not come in here.
 */
@NullMarked
package dev.lockstep.detections.storage;

import org.jspecify.annotations.NullMarked;
