/**
 * Cost estimate of a month in Microsoft Sentinel: billed size of rows, volume of raw logs by
 * category, and the price.
 *
 * <p>Nothing is sent here. Prices come from the operator, not from a price list.
 */
@NullMarked
package dev.lockstep.app.cost;

import org.jspecify.annotations.NullMarked;
