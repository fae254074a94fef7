/**
 * Outcomes of records (mapped, ignored, rejected, quarantined), the reasons of a rejection, and the
 * counters of records and of lost offsets.
 *
 * <p>No parser of a record, no source and no Kafka client may come in.
 */
@NullMarked
package dev.lockstep.ingest.outcome;

import org.jspecify.annotations.NullMarked;
