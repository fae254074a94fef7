/**
 * Files of this machine: small files that are read with a limit, files that are replaced completely
 * or not at all, and temporary folders that are removed with the process.
 *
 * <p>Code that knows what a file means does not belong here.
 */
@NullMarked
package dev.lockstep.app.file;

import org.jspecify.annotations.NullMarked;
