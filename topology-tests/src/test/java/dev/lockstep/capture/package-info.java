@NullMarked
package dev.lockstep.capture;

import org.jspecify.annotations.NullMarked;
