/** What several packages of tests share: builders of activities, numbers of rules. */
@NullMarked
package dev.lockstep.detections;

import org.jspecify.annotations.NullMarked;
