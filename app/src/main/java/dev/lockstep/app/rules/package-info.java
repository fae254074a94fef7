/**
 * Catalogue of the built-in rules and of rules from jars, with their settings, their status and
 * their description.
 *
 * <p>No rule and no engine may come in, and nothing of the configuration beside the section rules.
 */
@NullMarked
package dev.lockstep.app.rules;

import org.jspecify.annotations.NullMarked;
