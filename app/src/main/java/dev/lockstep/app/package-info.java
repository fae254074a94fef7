/** The runnable: command line, configuration, wiring, health, metrics, the local broker. */
@NullMarked
package dev.lockstep.app;

import org.jspecify.annotations.NullMarked;
