/**
 * Avro schemas, the records generated from them, their encoding, the names of topics, of record
 * headers and of types of principals, and digests of SHA-256.
 */
package dev.lockstep.schemas;
