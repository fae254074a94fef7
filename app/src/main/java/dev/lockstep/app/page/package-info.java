/**
 * Page of a running service on this machine: the latest findings of its topic in the report's
 * views, the health of the instance, and look-ups in the state of all instances.
 *
 * <p>Nothing that changes a state may come in.
 */
@NullMarked
package dev.lockstep.app.page;

import org.jspecify.annotations.NullMarked;
