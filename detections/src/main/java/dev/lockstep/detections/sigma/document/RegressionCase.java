package dev.lockstep.detections.sigma.document;

import org.jspecify.annotations.Nullable;

/**
 * Test of SigmaHQ's regression format: a file of records, and how many of them a rule has to match.
 *
 * @param path path of the file as written, from the root of the repository
 * @param type word for the kind of file, or empty
 * @param matches number of records that match, or null for at least one
 */
public record RegressionCase(
    String name, String path, String type, @Nullable Integer matches, SourceLine at) {}
