package dev.lockstep.ingest.category;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of the log categories that are read. */
public final class LogCategories {
  /** Category of identity links that come as messages of their own. */
  public static final String IDENTITY_LINK = Category.LINK.spelling;

  /** Category of Front Door's own records of requests. */
  public static final String FRONT_DOOR = Category.EDGE_ACCESS.spelling;

  private LogCategories() {}

  /** Returns all of them, in Azure's spelling. */
  public static List<String> all() {
    return Arrays.stream(Category.values()).map(category -> category.spelling).toList();
  }

  /** Returns a name in Azure's spelling, whatever its case; null if it is none. */
  public static @Nullable String spelled(String name) {
    return all().stream().filter(name::equalsIgnoreCase).findFirst().orElse(null);
  }
}
