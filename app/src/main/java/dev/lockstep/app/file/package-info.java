/**
 * Files of this machine: small files that are read with a bound, files that are replaced whole or
 * not at all, and temporary folders that go with the process.
 *
 * <p>Nothing comes in that knows what a file means.
 */
@NullMarked
package dev.lockstep.app.file;

import org.jspecify.annotations.NullMarked;
