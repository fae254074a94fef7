/**
 * Avro schemas, the records generated from them, their encoding, times as Azure writes them, the
 * form in which hostile text and credentials are shown, private files, daemon threads, and SHA-256.
 */
package dev.lockstep.schemas;
