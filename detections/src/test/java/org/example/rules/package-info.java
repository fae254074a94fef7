/**
 * Rules as somebody else would write them: one of each kind, against the rules module alone.
 *
 * <p>Beside each stands the test that a rule should have: a brute-force oracle, in random orders.
 */
@NullMarked
package org.example.rules;

import org.jspecify.annotations.NullMarked;
