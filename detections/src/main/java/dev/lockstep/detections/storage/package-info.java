/**
 * Records of subjects that the engine keeps, and records by key, in memory or in a store.
 *
 * <p>What a record means does not come in here.
 */
@NullMarked
package dev.lockstep.detections.storage;

import org.jspecify.annotations.NullMarked;
