@NullMarked
package dev.lockstep.sentinel.sink;

import org.jspecify.annotations.NullMarked;
