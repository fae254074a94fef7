/** Avro schemas, the records generated from them, and how they are framed and shown. */
package dev.lockstep.schemas;
