package dev.lockstep.ingest.raw;

import dev.lockstep.schemas.RawFieldsWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Paths of raw fields to look for, by log category. Immutable. */
public final class RawFieldPlan {
  private static final RawFieldPlan NONE = new RawFieldPlan(Map.of());

  private final Map<String, Paths> byCategory;

  /**
   * Paths of the raw fields to look for in one category, in lower case; a path's place in the list
   * is its index.
   */
  record Paths(List<String> all) {
    /** Returns the tree of the paths to look for in a record. */
    PathNode ofRecord() {
      PathNode root = new PathNode();
      for (int i = 0; i < all.size(); i++) {
        root.put(all.get(i), i);
      }
      return root;
    }

    /**
     * Returns the tree of the paths to look for in a table's row: the paths of a record, and the
     * columns in which tables have the same fields.
     */
    PathNode ofRow() {
      PathNode root = ofRecord();
      for (int i = 0; i < all.size(); i++) {
        for (String column : RowColumns.of(all.get(i))) {
          root.put(column, i);
        }
      }
      return root;
    }
  }

  private RawFieldPlan(Map<String, Paths> byCategory) {
    this.byCategory = byCategory;
  }

  /** Returns the plan that looks for nothing. */
  public static RawFieldPlan none() {
    return NONE;
  }

  /**
   * Returns a plan of the raw fields to look for in the records of each category.
   *
   * @param paths paths by category, in any case; {@code *} stands for every scalar of a record
   */
  public static RawFieldPlan of(Map<String, ? extends Collection<String>> paths) {
    Map<String, Paths> byCategory = new HashMap<>();
    Map<String, List<String>> inLowerCase = new HashMap<>();
    paths.forEach(
        (category, some) ->
            inLowerCase
                .computeIfAbsent(category.toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                .addAll(some));
    inLowerCase.forEach(
        (category, some) -> {
          if (!some.isEmpty()) {
            byCategory.put(category, new Paths(new RawFieldsWriter(some).paths()));
          }
        });
    for (String category : paths.keySet()) {
      Paths known = byCategory.get(category.toLowerCase(Locale.ROOT));
      if (known != null) {
        byCategory.put(category, known);
      }
    }
    return byCategory.isEmpty() ? NONE : new RawFieldPlan(byCategory);
  }

  /** Returns whether the plan looks for nothing. */
  public boolean isEmpty() {
    return byCategory.isEmpty();
  }

  /**
   * Returns the paths of a category, whose case does not matter, or null if no path is of this
   * category.
   */
  @Nullable Paths of(String category) {
    Paths asSpelt = byCategory.get(category);
    return asSpelt != null ? asSpelt : byCategory.get(category.toLowerCase(Locale.ROOT));
  }
}
