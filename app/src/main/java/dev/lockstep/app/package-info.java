/** Entry point of the process; all other code of the module is in the packages below. */
@NullMarked
package dev.lockstep.app;

import org.jspecify.annotations.NullMarked;
