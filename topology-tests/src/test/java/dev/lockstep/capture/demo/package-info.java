@NullMarked
package dev.lockstep.capture.demo;

import org.jspecify.annotations.NullMarked;
