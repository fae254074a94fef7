/**
 * Configuration of lockstep: the file lockstep.yaml and the environment, read section by section
 * into one record, and the problems that are found in them.
 *
 * <p>Nothing comes in that opens a connection, a database or a client.
 */
@NullMarked
package dev.lockstep.app.config;

import org.jspecify.annotations.NullMarked;
