/** Table of the techniques of MITRE ATT&amp;CK, to which those of rules are held. */
@NullMarked
package dev.lockstep.rules.attack;

import org.jspecify.annotations.NullMarked;
