@NullMarked
package dev.lockstep.capture.load;

import org.jspecify.annotations.NullMarked;
