package dev.lockstep.enrichment.estate;

import dev.lockstep.schemas.text.ComparableText;
import org.jspecify.annotations.Nullable;

/**
 * Key vault that an operator lists in the estate.
 *
 * @param name last segment of its resource id
 * @param resourceId id of its Azure resource; null if the name alone identifies the vault
 * @param isPrivate whether only private endpoints are to reach the vault
 */
public record Vault(String name, @Nullable String resourceId, boolean isPrivate) {
  /** Creates a vault, and trims its name and id and converts them to lower case. */
  public Vault {
    name = ComparableText.of(name);
    resourceId = resourceId == null ? null : ComparableText.of(resourceId);
  }
}
