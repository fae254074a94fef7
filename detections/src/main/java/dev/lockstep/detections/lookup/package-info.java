/**
 * State of single subjects of a running service, read from the changelogs of the service's stores,
 * with the rules' reports on these subjects.
 *
 * <p>Nothing that writes may come in here.
 */
@NullMarked
package dev.lockstep.detections.lookup;

import org.jspecify.annotations.NullMarked;
