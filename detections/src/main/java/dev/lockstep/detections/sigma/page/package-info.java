/**
 * Pages about Sigma rules in Markdown, made of what their documents say.
 *
 * <p>Nothing of an event, of the engine or of files may come in.
 */
@NullMarked
package dev.lockstep.detections.sigma.page;

import org.jspecify.annotations.NullMarked;
