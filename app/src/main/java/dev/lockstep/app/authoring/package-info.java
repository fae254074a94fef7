/**
 * Work of a rule's author on files: the report of lint, tests beside a rule through the real reader
 * and engine, and new files to start from.
 *
 * <p>Nothing of a running service, of a cluster or of delivery may come in.
 */
@NullMarked
package dev.lockstep.app.authoring;

import org.jspecify.annotations.NullMarked;
