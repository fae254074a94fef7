package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.ReferredDocuments;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compiler of a Sigma correlation into one rule, with all correlations and rules about single
 * events that the correlation refers to.
 */
final class CorrelationCompiler {
  private final ReferredDocuments documents;
  private final IdentityHashMap<SigmaDocument, SigmaRule> rules;
  private final SigmaFields table;
  private final Consumer<DocumentFault> faults;

  /**
   * Creates a compiler that looks up in {@code documents} what a correlation refers to.
   *
   * @param rules compiled rules about single events
   */
  CorrelationCompiler(
      ReferredDocuments documents,
      IdentityHashMap<SigmaDocument, SigmaRule> rules,
      SigmaFields table,
      Consumer<DocumentFault> faults) {
    this.documents = documents;
    this.rules = rules;
    this.table = table;
    this.faults = faults;
  }

  /** Nodes and leaves of a correlation's tree, while the tree is built. */
  private record Tree(List<CorrelationNode> nodes, List<CorrelationLeaf> leaves) {}

  CorrelationRule compile(String id, CorrelationDocument document) {
    Tree tree = new Tree(new ArrayList<>(), new ArrayList<>());
    add(tree, document, null, 0, List.of());
    return new CorrelationRule(id, tree.nodes, tree.leaves);
  }

  private void add(
      Tree tree,
      CorrelationDocument document,
      @Nullable CorrelationNode parent,
      int place,
      List<Set<String>> names) {
    CorrelationNode node =
        new CorrelationNode(document, parent, place, tree.nodes.size(), isOfPrincipal(document));
    tree.nodes.add(node);
    for (int i = 0; i < document.rules().size(); i++) {
      Reference reference = document.rules().get(i);
      SigmaDocument target = documents.of(reference);
      if (target == null) {
        throw new IllegalArgumentException("no document has the id or name " + reference.word());
      }
      List<Set<String>> upwards = new ArrayList<>();
      upwards.add(reference.words(target.header()));
      upwards.addAll(names);
      SigmaRule rule = rules.get(target);
      if (rule != null) {
        tree.leaves.add(new CorrelationLeaf(rule, node, i, upwards, table));
      } else {
        add(tree, (CorrelationDocument) target, node, i, upwards);
      }
    }
  }

  /**
   * Returns whether a correlation can be compiled, and refuses it otherwise. Enough events have to
   * be kept to reach each of its thresholds. The correlation has to list each rule for which it has
   * an alias.
   */
  boolean check(CorrelationDocument document) {
    boolean isReachable = hasReachableThresholds(document);
    return hasKnownAliases(document) && isReachable;
  }

  private boolean refuse(SourceLine at, String what, String fix) {
    faults.accept(new DocumentFault(at, what, fix));
    return false;
  }

  /**
   * Returns whether enough events of a group and day are kept to reach each threshold. If a
   * correlation counts events or values, its thresholds may be at most {@link GroupDay#MOST}. A
   * threshold after {@code gt} has to be smaller. A correlation with a larger threshold is refused.
   * For other types of correlation the result is true.
   */
  private boolean hasReachableThresholds(CorrelationDocument document) {
    boolean isCount =
        document.type() == CorrelationDocument.Type.EVENT_COUNT
            || document.type() == CorrelationDocument.Type.VALUE_COUNT;
    for (int i = 0; i < document.thresholds().size(); i++) {
      Threshold threshold = document.thresholds().get(i);
      boolean isAbove = threshold.operator() == Threshold.Operator.GT;
      int most = isAbove ? GroupDay.MOST - 1 : GroupDay.MOST;
      if (isCount && threshold.bound().compareTo(BigDecimal.valueOf(most)) > 0) {
        return refuse(
            document.at().threshold(i),
            "has the threshold %s, which is too large for a count".formatted(threshold),
            "write a threshold of at most %d".formatted(most));
      }
    }
    return true;
  }

  private boolean hasKnownAliases(CorrelationDocument document) {
    if (document.aliases().isEmpty()) {
      return true;
    }
    Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Reference reference : document.rules()) {
      SigmaDocument target = documents.of(reference);
      if (target == null) {
        return false; // refused where references are looked up
      }
      known.addAll(reference.words(target.header()));
    }
    for (Map.Entry<String, Map<String, String>> alias : document.aliases().entrySet()) {
      for (String rule : alias.getValue().keySet()) {
        if (!known.contains(rule)) {
          String nearest = NearestNames.similarAmong(known, rule);
          return refuse(
              document.at().alias(alias.getKey(), rule),
              "has the alias %s for the rule %s, which the correlation does not list"
                  .formatted(Quoted.of(alias.getKey()), Quoted.of(rule)),
              "name a rule that the correlation lists"
                  + (nearest.isEmpty() ? "" : "; the nearest is " + Quoted.of(nearest)));
        }
      }
    }
    return true;
  }

  private boolean isOfPrincipal(CorrelationDocument document) {
    if (document.groupBy().size() != 1) {
      return false;
    }
    String field = document.groupBy().get(0);
    for (Reference reference : document.rules()) {
      SigmaDocument target = documents.of(reference);
      if (!(target instanceof RuleDocument rule)) {
        return false;
      }
      FieldSource source =
          table.source(
              rule.source().service(), document.aliased(field, reference.words(rule.header())));
      if (!source.toString().equals("lockstep.principal.id")
          && !source.toString().equals("activity:principal.id")) {
        return false;
      }
    }
    return true;
  }
}
