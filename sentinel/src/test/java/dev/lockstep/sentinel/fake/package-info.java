@NullMarked
package dev.lockstep.sentinel.fake;

import org.jspecify.annotations.NullMarked;
