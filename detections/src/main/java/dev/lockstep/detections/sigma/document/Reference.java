package dev.lockstep.detections.sigma.document;

/**
 * Reference to a document by its {@code id} or its {@code name}.
 *
 * @param word id or name as written
 * @param at place of the reference
 */
public record Reference(String word, SourceLine at) {}
