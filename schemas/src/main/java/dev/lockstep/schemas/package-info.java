/**
 * Avro schemas, the records generated from them, their encoding, and the form in which hostile text
 * is shown.
 */
package dev.lockstep.schemas;
