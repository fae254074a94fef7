/**
 * Tools for authors of rules: lint, tests that run through the real reader and engine, pages about
 * rules, and templates for new rules.
 *
 * <p>Code that knows a running service, a cluster or delivery does not belong here.
 */
@NullMarked
package dev.lockstep.app.authoring;

import org.jspecify.annotations.NullMarked;
