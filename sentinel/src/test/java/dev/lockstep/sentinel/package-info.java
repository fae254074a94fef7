@NullMarked
package dev.lockstep.sentinel;

import org.jspecify.annotations.NullMarked;
