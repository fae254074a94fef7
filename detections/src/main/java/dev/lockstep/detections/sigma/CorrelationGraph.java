package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/**
 * Graph of the references between Sigma correlations, which refuses circles, long chains, and
 * correlations of too many rules. Each document is reported once.
 */
final class CorrelationGraph {
  private static final int MOST_DEPTH = 8;
  private static final int MOST_LEAVES = 512;
  private static final Extent FAULTY = new Extent(0, 0);

  private final ReferredDocuments documents;
  private final Consumer<DocumentFault> faults;
  private final IdentityHashMap<CorrelationDocument, Extent> extents = new IdentityHashMap<>();

  /**
   * Size of the tree of a correlation.
   *
   * @param depth number of correlations in the longest chain
   * @param leaves number of rules about single events at the ends; 0 if the tree has a fault
   */
  private record Extent(int depth, int leaves) {}

  /**
   * Creates the graph of correlations, and checks their references. Circles, long chains and
   * references to too many rules are reported as faults.
   */
  CorrelationGraph(
      List<CorrelationDocument> all, ReferredDocuments documents, Consumer<DocumentFault> faults) {
    this.documents = documents;
    this.faults = faults;
    IdentityHashMap<CorrelationDocument, List<CorrelationDocument>> above = new IdentityHashMap<>();
    IdentityHashMap<CorrelationDocument, Integer> open = new IdentityHashMap<>();
    Deque<CorrelationDocument> ready = new ArrayDeque<>();
    for (CorrelationDocument document : all) {
      int inner = 0;
      for (Reference reference : document.rules()) {
        if (documents.of(reference) instanceof CorrelationDocument below) {
          above.computeIfAbsent(below, any -> new ArrayList<>()).add(document);
          inner++;
        }
      }
      open.put(document, inner);
      if (inner == 0) {
        ready.add(document);
      }
    }
    while (!ready.isEmpty()) {
      CorrelationDocument document = ready.remove();
      extents.put(document, extent(document));
      for (CorrelationDocument outer : above.getOrDefault(document, List.of())) {
        int left = open.getOrDefault(outer, 0) - 1;
        open.put(outer, left);
        if (left == 0) {
          ready.add(outer);
        }
      }
    }
    all.stream().filter(document -> !extents.containsKey(document)).forEach(this::refuseCircle);
  }

  private Extent extent(CorrelationDocument document) {
    int depth = 1;
    int leaves = 0;
    for (Reference reference : document.rules()) {
      SigmaDocument target = documents.of(reference);
      if (target instanceof RuleDocument) {
        leaves++;
      } else {
        Extent below = target instanceof CorrelationDocument ? extents.get(target) : null;
        if (below == null || below.leaves == 0) {
          return FAULTY; // refused where the fault is
        }
        depth = Math.max(depth, below.depth + 1);
        leaves += below.leaves;
      }
      if (depth > MOST_DEPTH) {
        return refuse(
            reference,
            "makes a chain of more than %d correlations that refer to one another"
                .formatted(MOST_DEPTH),
            "refer to rules instead of correlations");
      }
      if (leaves > MOST_LEAVES) {
        return refuse(
            reference,
            "makes the correlation use more than %d rules, directly or by other correlations"
                .formatted(MOST_LEAVES),
            "refer to fewer rules");
      }
    }
    return new Extent(depth, leaves);
  }

  /**
   * Refuses a correlation whose references lead into a circle, even if the correlation itself is
   * not part of the circle.
   */
  private void refuseCircle(CorrelationDocument document) {
    for (Reference reference : document.rules()) {
      if (documents.of(reference) instanceof CorrelationDocument below
          && !extents.containsKey(below)) {
        refuse(
            reference,
            "refers to %s, and from there the references go in a circle"
                .formatted(Quoted.of(reference.word())),
            "remove one of the references in the circle");
        return;
      }
    }
  }

  private Extent refuse(Reference reference, String what, String fix) {
    faults.accept(new DocumentFault(reference.at(), what, fix));
    return FAULTY;
  }

  boolean isSound(CorrelationDocument document) {
    Extent extent = extents.get(document);
    return extent != null && extent.leaves > 0;
  }
}
