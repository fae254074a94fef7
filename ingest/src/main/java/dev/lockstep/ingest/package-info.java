/**
 * Sources, the splitter of messages and the mappers of records, which together turn bytes into
 * activities or rejections.
 */
@NullMarked
package dev.lockstep.ingest;

import org.jspecify.annotations.NullMarked;
