/**
 * Warnings about Sigma documents that load: names, conditions, tags and tests that an author would
 * not have meant.
 *
 * <p>What keeps a document from loading is a fault of the document's reader or of the loader, and
 * does not come in here.
 */
@NullMarked
package dev.lockstep.detections.sigma.lint;

import org.jspecify.annotations.NullMarked;
