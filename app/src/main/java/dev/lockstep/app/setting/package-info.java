/**
 * Tools to declare and read keys of the configuration: value, file and line, environment variable,
 * references to variables and files, and secrets.
 *
 * <p>Particular keys do not belong here; {@code config} and {@code rules} declare those.
 */
@NullMarked
package dev.lockstep.app.setting;

import org.jspecify.annotations.NullMarked;
