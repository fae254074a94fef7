package dev.lockstep.ingest.raw;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.schemas.RawFieldsWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Map from a log category to the paths of the fields to look for in its records, even if no mapper
 * reads these fields. Immutable.
 */
public final class RawFieldPlan {
  private static final RawFieldPlan NONE = new RawFieldPlan(Map.of());

  private final Map<String, Paths> byCategory;

  /**
   * Paths of the fields to look for in records of one category, in lower case. A path's place in
   * the list is its index.
   *
   * @param category the category, or null if it is not read
   */
  record Paths(List<String> all, @Nullable Category category) {
    PathNode ofRecord() {
      PathNode root = new PathNode();
      for (int i = 0; i < all.size(); i++) {
        root.put(all.get(i), i);
      }
      return root;
    }

    /**
     * Returns the tree of paths to the fields in rows of a table, or in objects of Microsoft Graph.
     *
     * @param isTable whether the rows are those of a workspace's table
     */
    PathNode ofRow(boolean isTable) {
      PathNode root = new PathNode();
      for (int i = 0; i < all.size(); i++) {
        for (String column : RowColumns.of(all.get(i), category, isTable)) {
          root.put(column, i);
        }
      }
      return root;
    }
  }

  private RawFieldPlan(Map<String, Paths> byCategory) {
    this.byCategory = byCategory;
  }

  /** Returns the plan that looks for no fields. */
  public static RawFieldPlan none() {
    return NONE;
  }

  /**
   * Returns a plan that looks for the fields at the given paths in records of each category.
   *
   * @param paths paths by category, in any letter case; {@code *} stands for every scalar of a
   *     record
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
            byCategory.put(
                category, new Paths(new RawFieldsWriter(some).paths(), Category.of(category)));
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

  /** Returns whether the plan looks for no fields. */
  public boolean isEmpty() {
    return byCategory.isEmpty();
  }

  /**
   * Returns the paths of the fields to look for in a category, or null if there are none. The
   * category may be in any letter case.
   */
  @Nullable Paths of(String category) {
    Paths asSpelt = byCategory.get(category);
    return asSpelt != null ? asSpelt : byCategory.get(category.toLowerCase(Locale.ROOT));
  }
}
