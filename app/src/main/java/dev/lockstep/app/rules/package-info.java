/**
 * Catalogue of the built-in rules and of rules from jars, with their settings, their status and
 * their description.
 *
 * <p>Code of rules or of the engine, and code that knows other sections of the configuration, does
 * not belong here.
 */
@NullMarked
package dev.lockstep.app.rules;

import org.jspecify.annotations.NullMarked;
