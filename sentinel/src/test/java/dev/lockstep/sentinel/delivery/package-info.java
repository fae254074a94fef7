@NullMarked
package dev.lockstep.sentinel.delivery;

import org.jspecify.annotations.NullMarked;
