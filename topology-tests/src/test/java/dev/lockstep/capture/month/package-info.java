@NullMarked
package dev.lockstep.capture.month;

import org.jspecify.annotations.NullMarked;
