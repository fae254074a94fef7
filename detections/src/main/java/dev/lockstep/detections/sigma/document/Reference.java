package dev.lockstep.detections.sigma.document;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Reference to a Sigma document by the {@code id} or the {@code name} of the document.
 *
 * @param word id or name as written
 * @param at place of the reference
 */
public record Reference(String word, SourceLine at) {
  /**
   * Returns the words that the section {@code aliases} of a correlation may use for the referenced
   * document. They are the word of this reference, and the document's id and name.
   */
  public Set<String> words(Header header) {
    Set<String> words = new LinkedHashSet<>();
    words.add(word);
    String id = header.id();
    String name = header.name();
    if (id != null) {
      words.add(id);
    }
    if (name != null) {
      words.add(name);
    }
    return words;
  }
}
