/**
 * Keys of the configuration one by one: value, file and line, environment variable, references to
 * variables and files, and secrets.
 *
 * <p>No particular key may come in; the meaning of a key lies in config or rules.
 */
@NullMarked
package dev.lockstep.app.setting;

import org.jspecify.annotations.NullMarked;
