/** Entry point of the process; everything else of the module lies in a package of its own. */
@NullMarked
package dev.lockstep.app;

import org.jspecify.annotations.NullMarked;
