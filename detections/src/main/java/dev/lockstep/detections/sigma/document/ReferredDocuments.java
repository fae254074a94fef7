package dev.lockstep.detections.sigma.document;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Look-up of Sigma documents by the id or name with which other documents refer to them. Upper and
 * lower case are the same.
 */
public final class ReferredDocuments {
  private final Map<String, SigmaDocument> byWord = new HashMap<>();

  /**
   * Creates a look-up of the given Sigma documents. Of several with the same id or name it has the
   * first.
   */
  public ReferredDocuments(Collection<SigmaDocument> documents) {
    for (SigmaDocument document : documents) {
      put(document.header().id(), document);
      put(document.header().name(), document);
    }
  }

  private void put(@Nullable String word, SigmaDocument document) {
    if (word != null) {
      byWord.putIfAbsent(word.toLowerCase(Locale.ROOT), document);
    }
  }

  /** Returns the document to which a reference refers, or null if there is none. */
  public @Nullable SigmaDocument of(Reference reference) {
    return byWord.get(reference.word().toLowerCase(Locale.ROOT));
  }

  /**
   * Returns a document, followed by all documents to which it refers, directly or through other
   * correlations.
   */
  public Set<SigmaDocument> closure(SigmaDocument document) {
    Set<SigmaDocument> closure = new LinkedHashSet<>();
    collect(document, closure);
    return closure;
  }

  private void collect(SigmaDocument document, Set<SigmaDocument> closure) {
    if (closure.add(document) && document instanceof CorrelationDocument correlation) {
      for (Reference reference : correlation.rules()) {
        SigmaDocument referred = of(reference);
        if (referred != null) {
          collect(referred, closure);
        }
      }
    }
  }
}
