/**
 * Configuration of Lockstep: readers of the sections in lockstep.yaml and in the environment, the
 * record that they fill, and the problems that they find.
 *
 * <p>Code that opens a connection, a database or a client does not belong here.
 */
@NullMarked
package dev.lockstep.app.config;

import org.jspecify.annotations.NullMarked;
