/**
 * Catalogue of the built-in rules, the rules in jars and the Sigma rules, with their settings,
 * their status and their description.
 *
 * <p>Code of rules or of the engine, and code that knows other sections of the configuration, does
 * not belong here.
 */
@NullMarked
package dev.lockstep.app.rules;

import org.jspecify.annotations.NullMarked;
