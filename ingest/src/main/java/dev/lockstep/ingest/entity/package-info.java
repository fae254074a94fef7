/**
 * Accounts and IP addresses in the entities and extended properties of an alert.
 *
 * <p>No log category and no outcome may come in; the mapping of the alert belongs to record.
 */
@NullMarked
package dev.lockstep.ingest.entity;

import org.jspecify.annotations.NullMarked;
