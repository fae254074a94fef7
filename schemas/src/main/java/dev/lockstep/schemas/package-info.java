/**
 * Avro schemas, the records generated from them, their encoding, the names of topics and of record
 * headers, and digests of SHA-256.
 */
package dev.lockstep.schemas;
