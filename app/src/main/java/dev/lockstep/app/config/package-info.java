/**
 * Configuration of lockstep: the file lockstep.yaml and the environment, read section by section
 * into one record, and the problems that are found in them.
 *
 * <p>No code that opens a connection, a database or a client may come in.
 */
@NullMarked
package dev.lockstep.app.config;

import org.jspecify.annotations.NullMarked;
