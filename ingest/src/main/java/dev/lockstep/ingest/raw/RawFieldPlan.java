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
  private static final String EVERYTHING = "*";
  private static final RawFieldPlan NONE = new RawFieldPlan(Map.of());

  private final Map<String, Paths> byCategory;

  /** Paths of one category, as a tree for records and as one for rows of its table. */
  static final class Paths {
    final List<String> paths;
    final PathNode ofRecord;
    final PathNode ofRow;

    /** Node of the path {@code *}, every scalar of the record; null if it is not looked for. */
    final @Nullable PathNode everything;

    private Paths(Collection<String> paths) {
      this.paths = new RawFieldsWriter(paths).paths();
      this.ofRecord = new PathNode();
      this.ofRow = new PathNode();
      for (int i = 0; i < this.paths.size(); i++) {
        String path = this.paths.get(i);
        ofRecord.put(path, i);
        ofRow.put(path, i);
        for (String column : RowColumns.of(path)) {
          ofRow.put(column, i);
        }
      }
      this.everything = ofRecord.at(EVERYTHING);
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
   * Creates a plan.
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
            byCategory.put(category, new Paths(some));
          }
        });
    return byCategory.isEmpty() ? NONE : new RawFieldPlan(byCategory);
  }

  /** Returns whether the plan looks for nothing. */
  public boolean isEmpty() {
    return byCategory.isEmpty();
  }

  /** Returns the paths of a category in lower case, or null if there are none. */
  @Nullable Paths of(String category) {
    return byCategory.get(category.toLowerCase(Locale.ROOT));
  }
}
