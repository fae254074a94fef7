/**
 * Accounts and IP addresses in the entities and extended properties of an alert.
 *
 * <p>No log category and no outcome may come in; the package {@code record} maps the alert.
 */
@NullMarked
package dev.lockstep.ingest.entity;

import org.jspecify.annotations.NullMarked;
