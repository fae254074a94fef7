/**
 * Avro schemas, the records generated from them, their encoding, times as Azure writes them, the
 * form in which hostile text and credentials are shown, private files, and daemon threads.
 */
package dev.lockstep.schemas;
