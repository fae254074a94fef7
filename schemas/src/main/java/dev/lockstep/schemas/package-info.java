/** Avro schemas, the records generated from them, and how they are framed and shown. */
@NullMarked
package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;
