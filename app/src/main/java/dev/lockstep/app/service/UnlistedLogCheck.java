package dev.lockstep.app.service;

import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.ingest.outcome.IngestCounts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Check for optional logs that arrive although no source is configured to bring them, such as Front
 * Door's. The key {@code brings} of a source, or Azure's default name of its hub, tells which logs
 * the source is configured for. Rules and joins do not use the records of such a log, so an
 * instance that reads them counts as degraded.
 */
final class UnlistedLogCheck {
  private static final Logger LOG = LoggerFactory.getLogger(UnlistedLogCheck.class);

  private final Map<String, String> effects = new LinkedHashMap<>();
  private final Set<String> warned = new HashSet<>();

  /**
   * Creates a check for optional logs that a source delivers although no source is configured for
   * them.
   *
   * @param expected optional logs that the configured sources may bring
   */
  UnlistedLogCheck(JoinableLogs expected) {
    if (!expected.firewall()) {
      effects.put(CategoryNames.FIREWALL, "rules that need this log do not see it");
    }
    if (!expected.edges()) {
      effects.put(
          CategoryNames.FRONT_DOOR, "calls do not get their client's address from this log");
    }
    if (!expected.links()) {
      effects.put(CategoryNames.IDENTITY_LINK, "calls do not get their claims from this log");
    }
  }

  /**
   * Returns a sentence, with the fix, for each optional log that a source delivers although no
   * source is configured for it.
   */
  List<String> found(Map<String, IngestCounts> read) {
    List<String> found = new ArrayList<>();
    read.forEach(
        (source, counts) -> {
          Map<String, IngestCounts.Totals> delivered =
              effects.isEmpty() ? Map.of() : counts.byCategory();
          effects.forEach(
              (category, effect) -> {
                IngestCounts.Totals totals = delivered.get(category);
                if (totals != null && totals.mapped() > 0) {
                  found.add(
                      "ingest: source %s delivers %s, but no source lists it in the key \"brings\", and no hub has Azure's default name for it, so %s; list it in the key \"brings\" of this source, with all other categories of the source, then restart"
                          .formatted(source, category, effect));
                }
              });
        });
    return found;
  }

  /**
   * Warns once about each optional log that arrives although no source is configured to bring it.
   * For one thread.
   *
   * @param read counts of each source, by its name
   */
  void warn(Map<String, IngestCounts> read) {
    for (String one : found(read)) {
      if (warned.add(one)) {
        LOG.warn("{}", one);
      }
    }
  }
}
