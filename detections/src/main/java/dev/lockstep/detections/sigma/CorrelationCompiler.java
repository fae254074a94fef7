package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.Threshold;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.Quoted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compiler of correlations to rules: the tree of the correlations that one refers to, down to the
 * rules about single events.
 */
final class CorrelationCompiler {
  private static final int MOST_DEPTH = 8;
  private static final int MOST_LEAVES = 512;

  private final Map<String, SigmaDocument> byWord;
  private final IdentityHashMap<SigmaDocument, SigmaRule> rules;
  private final SigmaFields table;
  private final Consumer<DocumentFault> faults;
  private final Set<SourceLine> refused = new HashSet<>();

  /**
   * Creates a compiler.
   *
   * @param byWord documents by the key of their id and name
   * @param rules compiled rules about single events
   */
  CorrelationCompiler(
      Map<String, SigmaDocument> byWord,
      IdentityHashMap<SigmaDocument, SigmaRule> rules,
      SigmaFields table,
      Consumer<DocumentFault> faults) {
    this.byWord = byWord;
    this.rules = rules;
    this.table = table;
    this.faults = faults;
  }

  /** Tree under construction. */
  private static final class Tree {
    private final List<CorrelationNode> nodes = new ArrayList<>();
    private final List<CorrelationLeaf> leaves = new ArrayList<>();
    private boolean isFaulty;
  }

  /** Returns the rule of a correlation, or null if it has a fault. */
  @Nullable CorrelationRule compile(String id, CorrelationDocument document) {
    Tree tree = new Tree();
    add(tree, document, null, 0, List.of(document), List.of());
    return tree.isFaulty || tree.leaves.isEmpty()
        ? null
        : new CorrelationRule(id, tree.nodes, tree.leaves);
  }

  private void add(
      Tree tree,
      CorrelationDocument document,
      @Nullable CorrelationNode parent,
      int place,
      List<CorrelationDocument> path,
      List<Set<String>> names) {
    check(tree, document);
    checkAliases(tree, document);
    CorrelationNode node =
        new CorrelationNode(document, parent, place, tree.nodes.size(), isOfPrincipal(document, 0));
    tree.nodes.add(node);
    for (int i = 0; i < document.rules().size(); i++) {
      Reference reference = document.rules().get(i);
      SigmaDocument target = byWord.get(SigmaLoader.key(reference.word()));
      if (target == null) {
        tree.isFaulty = true; // refused where references are looked up
        continue;
      }
      List<Set<String>> upwards = new ArrayList<>();
      upwards.add(CorrelationLeaf.names(reference.word(), target.header()));
      upwards.addAll(names);
      SigmaRule rule = rules.get(target);
      if (rule != null) {
        tree.leaves.add(new CorrelationLeaf(rule, node, i, upwards, table));
        if (tree.leaves.size() > MOST_LEAVES) {
          refuse(
              tree,
              reference.at(),
              "leads to more than %d rules".formatted(MOST_LEAVES),
              "correlate fewer");
          return;
        }
      } else if (target instanceof CorrelationDocument inner) {
        if (path.contains(inner)) {
          refuse(
              tree,
              reference.at(),
              "refers in a circle to %s".formatted(Quoted.of(reference.word())),
              "remove one of the references");
        } else if (path.size() >= MOST_DEPTH) {
          refuse(
              tree,
              reference.at(),
              "is a chain of more than %d correlations".formatted(MOST_DEPTH),
              "refer to rules");
        } else {
          List<CorrelationDocument> longer = new ArrayList<>(path);
          longer.add(inner);
          add(tree, inner, node, i, longer, upwards);
        }
      } else {
        tree.isFaulty = true;
      }
      if (tree.isFaulty) {
        return;
      }
    }
  }

  private void refuse(Tree tree, SourceLine at, String what, String fix) {
    tree.isFaulty = true;
    if (refused.add(at)) {
      faults.accept(new DocumentFault(at, what, fix));
    }
  }

  /** Refuses thresholds beyond what is kept of a group. */
  private void check(Tree tree, CorrelationDocument document) {
    boolean isCount =
        document.type() == CorrelationDocument.Type.EVENT_COUNT
            || document.type() == CorrelationDocument.Type.VALUE_COUNT;
    for (Threshold threshold : document.thresholds()) {
      if (isCount && threshold.bound().compareTo(BigDecimal.valueOf(GroupDay.MOST)) > 0) {
        refuse(
            tree,
            document.at().condition(),
            "has the threshold %s, and state keeps %d events of a group and day"
                .formatted(threshold.bound().toPlainString(), GroupDay.MOST),
            "write at most %d".formatted(GroupDay.MOST));
      }
    }
  }

  /** Refuses an alias in events of a rule to which the correlation does not refer. */
  private void checkAliases(Tree tree, CorrelationDocument document) {
    Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (Reference reference : document.rules()) {
      SigmaDocument target = byWord.get(SigmaLoader.key(reference.word()));
      if (target == null) {
        return; // refused where references are looked up
      }
      known.addAll(CorrelationLeaf.names(reference.word(), target.header()));
    }
    for (Map.Entry<String, Map<String, String>> alias : document.aliases().entrySet()) {
      for (String rule : alias.getValue().keySet()) {
        if (!known.contains(rule)) {
          refuse(
              tree,
              document.at().aliases(),
              "has the alias %s in events of %s, to which it does not refer"
                  .formatted(Quoted.of(alias.getKey()), Quoted.of(rule)),
              "name one of its rules; the nearest is "
                  + Quoted.of(NearestNames.among(known, rule)));
        }
      }
    }
  }

  /** Returns whether the id of the principal alone makes the group, in events of all rules. */
  private boolean isOfPrincipal(CorrelationDocument document, int depth) {
    if (document.groupBy().size() != 1 || depth > MOST_DEPTH) {
      return false;
    }
    String field = document.groupBy().get(0);
    for (Reference reference : document.rules()) {
      SigmaDocument target = byWord.get(SigmaLoader.key(reference.word()));
      if (!(target instanceof RuleDocument rule)) {
        return false;
      }
      FieldSource source =
          table.source(
              rule.source().service(),
              CorrelationLeaf.aliased(
                  document, field, CorrelationLeaf.names(reference.word(), rule.header())));
      if (!source.toString().equals("lockstep.principal.id")
          && !source.toString().equals("activity:principal.id")) {
        return false;
      }
    }
    return true;
  }
}
