/**
 * State of single subjects of a running service, as the changelogs of its stores hold it, with the
 * rules' reports on it.
 *
 * <p>Nothing that writes may come in here.
 */
@NullMarked
package dev.lockstep.detections.lookup;

import org.jspecify.annotations.NullMarked;
