/** Table of the techniques of MITRE ATT&amp;CK, by which the techniques of rules are checked. */
@NullMarked
package dev.lockstep.rules.attack;

import org.jspecify.annotations.NullMarked;
