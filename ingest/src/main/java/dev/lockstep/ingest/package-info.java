/**
 * Sources, the splitter of messages and the mappers of records, by which bytes become activities or
 * rejections.
 */
@NullMarked
package dev.lockstep.ingest;

import org.jspecify.annotations.NullMarked;
