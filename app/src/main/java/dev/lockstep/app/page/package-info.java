/**
 * Page of a running service on this machine: the latest findings of its topic in the report's
 * views, and the state of the instance.
 *
 * <p>Nothing that changes a state may come in.
 */
@NullMarked
package dev.lockstep.app.page;

import org.jspecify.annotations.NullMarked;
