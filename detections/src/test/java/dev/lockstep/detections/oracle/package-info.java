/** An independent reading of the rules' specification, and the product compared with it. */
@NullMarked
package dev.lockstep.detections.oracle;

import org.jspecify.annotations.NullMarked;
