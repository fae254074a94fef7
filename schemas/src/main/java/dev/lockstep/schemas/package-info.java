/**
 * Avro schemas, the records generated from them, their encoding, the form in which hostile text and
 * credentials are shown, private files, and threads that do not keep the process alive.
 */
package dev.lockstep.schemas;
