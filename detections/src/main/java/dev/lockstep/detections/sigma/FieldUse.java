package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.LogSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.DetectionSection;
import dev.lockstep.detections.sigma.match.Expression;
import dev.lockstep.detections.sigma.match.FieldComparison;
import dev.lockstep.detections.sigma.match.Selection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collector of the paths of the fields that a Sigma rule compares, and of those fields that the
 * rule's logs lack.
 */
final class FieldUse {
  private final LogSource logs;
  private final SigmaFields table;
  private final Set<String> paths = new LinkedHashSet<>();

  FieldUse(LogSource logs, SigmaFields table) {
    this.logs = logs;
    this.table = table;
  }

  void read(DetectionSection detection) {
    detection.selections().values().forEach(this::read);
  }

  private void read(Selection selection) {
    if (selection instanceof Selection.All all) {
      all.parts().forEach(this::read);
    } else if (selection instanceof Selection.Any any) {
      any.parts().forEach(this::read);
    } else if (selection instanceof Selection.One one) {
      for (String field : fields(one.test())) {
        paths.addAll(table.source(logs.service(), field).rawPaths());
      }
    }
  }

  private static List<String> fields(FieldComparison test) {
    return test instanceof FieldComparison.SameAs same
        ? List.of(same.field(), same.other())
        : List.of(test.field());
  }

  List<String> paths() {
    return new ArrayList<>(paths);
  }

  /**
   * Returns the fields that are missing from the rule's logs, if the condition can never hold for
   * that reason. The list is empty if the condition may hold.
   */
  List<String> lacking(DetectionSection detection) {
    Set<String> missing = new LinkedHashSet<>();
    Possible possible = possible(detection.condition(), detection.selections(), missing);
    return possible.yes() ? List.of() : new ArrayList<>(missing);
  }

  /**
   * Pair of answers: whether a part of a condition can hold, and whether its negation can hold.
   * Only the presence of fields in the rule's logs decides. A comparison with a field that the logs
   * lack can neither hold nor fail.
   *
   * @param yes if the part may hold
   * @param no if the negation of the part may hold
   */
  private record Possible(boolean yes, boolean no) {
    Possible and(Possible other) {
      return new Possible(yes && other.yes, no || other.no);
    }

    Possible or(Possible other) {
      return new Possible(yes || other.yes, no && other.no);
    }
  }

  private Possible possible(
      Expression expression, Map<String, Selection> selections, Set<String> missing) {
    if (expression instanceof Expression.All all) {
      return all.parts().stream()
          .map(part -> possible(part, selections, missing))
          .reduce(new Possible(true, false), Possible::and);
    }
    if (expression instanceof Expression.Any any) {
      return any.parts().stream()
          .map(part -> possible(part, selections, missing))
          .reduce(new Possible(false, true), Possible::or);
    }
    if (expression instanceof Expression.Not not) {
      Possible part = possible(not.part(), selections, missing);
      return new Possible(part.no, part.yes);
    }
    Selection selection = selections.get(((Expression.Named) expression).name());
    return selection == null ? new Possible(false, false) : possible(selection, missing);
  }

  private Possible possible(Selection selection, Set<String> missing) {
    if (selection instanceof Selection.All all) {
      return all.parts().stream()
          .map(part -> possible(part, missing))
          .reduce(new Possible(true, false), Possible::and);
    }
    if (selection instanceof Selection.Any any) {
      return any.parts().stream()
          .map(part -> possible(part, missing))
          .reduce(new Possible(false, true), Possible::or);
    }
    boolean hasAll = true;
    for (String field : fields(((Selection.One) selection).test())) {
      if (!table.source(logs.service(), field).isFound()) {
        missing.add(field.equals(FieldComparison.KEYWORDS) ? "keywords" : field);
        hasAll = false;
      }
    }
    return new Possible(hasAll, hasAll);
  }
}
