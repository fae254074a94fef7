/**
 * Texts as people and machines write them: how hostile text and credentials are shown, and how
 * JSON, GUIDs, times and host names are read and compared. What a record means is known in ingest,
 * not here.
 */
@NullMarked
package dev.lockstep.schemas.text;

import org.jspecify.annotations.NullMarked;
