@NullMarked
package dev.lockstep.sentinel.logs;

import org.jspecify.annotations.NullMarked;
