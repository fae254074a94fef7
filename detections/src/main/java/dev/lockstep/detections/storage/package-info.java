/**
 * Storage of the engine's records: state records of subjects, and records found by a key, such as
 * findings by id.
 *
 * <p>The records are in memory or in a store. What a record means does not come in here.
 */
@NullMarked
package dev.lockstep.detections.storage;

import org.jspecify.annotations.NullMarked;
