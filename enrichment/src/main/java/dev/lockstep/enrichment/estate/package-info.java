/**
 * The estate that an operator has described: gateways, APIs, privileged operations and key vaults,
 * and look-ups over them. Knows no record, no rule and no file.
 */
@NullMarked
package dev.lockstep.enrichment.estate;

import org.jspecify.annotations.NullMarked;
