/**
 * Rows of Log Analytics tables and objects of Microsoft Graph, recognised by their columns and read
 * into the fields of a log record.
 *
 * <p>No file format may come in; the package {@code split} cuts files into rows.
 */
@NullMarked
package dev.lockstep.ingest.table;

import org.jspecify.annotations.NullMarked;
