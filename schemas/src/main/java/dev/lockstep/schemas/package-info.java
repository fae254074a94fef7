/**
 * Avro schemas, the records generated from them, their encoding, the form in which hostile text is
 * shown, and threads that do not keep the process alive.
 */
package dev.lockstep.schemas;
