package dev.lockstep.ingest.category;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Static methods that list the names of log categories in Azure's spelling, and find that spelling
 * for a name in any case. A new category is added to {@link Category}.
 */
public final class CategoryNames {
  /**
   * Category of identity links that come as messages of their own, and not within the gateway's
   * record of a call. An identity link tells the claims of the token of one call of API Management.
   */
  public static final String IDENTITY_LINK = Category.LINK.spelling;

  /** Category of Front Door's records of requests. */
  public static final String FRONT_DOOR = Category.EDGE_ACCESS.spelling;

  /** Category of the records of Front Door's firewall. */
  public static final String FIREWALL = Category.EDGE_FIREWALL.spelling;

  private CategoryNames() {}

  /** Returns all categories that are read, in Azure's spelling. */
  public static List<String> all() {
    return Arrays.stream(Category.values()).map(category -> category.spelling).toList();
  }

  /** Returns the categories whose records are events for rules: all but identity links. */
  public static List<String> ofEvents() {
    return all().stream().filter(name -> !name.equals(IDENTITY_LINK)).toList();
  }

  /** Returns the categories whose records are calls of an API: of a gateway, or of Graph. */
  public static List<String> ofCalls() {
    return of(CategoryGroup.GATEWAY, CategoryGroup.GRAPH);
  }

  /** Returns the categories whose records are alerts of Defender, or parts of such alerts. */
  public static List<String> ofAlerts() {
    return of(CategoryGroup.ALERT);
  }

  private static List<String> of(CategoryGroup... groups) {
    return Arrays.stream(Category.values())
        .filter(category -> Arrays.asList(groups).contains(category.group))
        .map(category -> category.spelling)
        .toList();
  }

  /**
   * Returns Azure's spelling of a category whose name is given in any case, or null if the category
   * is unknown.
   */
  public static @Nullable String spelled(String name) {
    return all().stream().filter(name::equalsIgnoreCase).findFirst().orElse(null);
  }
}
