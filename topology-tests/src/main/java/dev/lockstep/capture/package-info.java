/** Makes captures: the bundled one with what must come of it, and a big one for measurements. */
@NullMarked
package dev.lockstep.capture;

import org.jspecify.annotations.NullMarked;
