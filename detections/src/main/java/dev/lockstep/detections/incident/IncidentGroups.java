package dev.lockstep.detections.incident;

import dev.lockstep.detections.storage.KeyedStore;
import dev.lockstep.schemas.Correlation;
import dev.lockstep.schemas.IncidentGroup;
import dev.lockstep.schemas.IncidentMember;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Keeper of the groups of findings of one task or replay, which puts each finding into an incident
 * of its group. A receiver is told to which incident each finding belongs, and is told again when
 * that changes or when the finding is left out because too many of its group start on one day.
 * {@link IncidentsOfGroup} chooses the incident. For one thread.
 */
public final class IncidentGroups {
  /** Name of the gate by which an incident raises the severity of its findings. */
  public static final String GATE = "incident";

  private static final long DAY_MILLIS = 86_400_000L;
  private static final int MOST_RECENT = 32;
  private static final long KEPT_MILLIS = 34 * DAY_MILLIS;
  private static final String OF_PRINCIPAL = "principal ";
  private static final String OF_ADDRESS = "address ";

  private final KeyedStore<IncidentGroup> store;
  private final Consumer<Correlation> correlations;

  /**
   * Cache of the most recently used groups of findings, each of one principal or client address,
   * with the incidents of the group.
   */
  private final LinkedHashMap<String, IncidentsOfGroup> recent =
      new LinkedHashMap<>(16, 0.75f, true);

  private long lowAt;

  /**
   * Creates an object that puts findings into incidents, over a store that holds the groups of
   * findings.
   *
   * @param correlations receiver of the incidents of findings
   */
  public IncidentGroups(KeyedStore<IncidentGroup> store, Consumer<Correlation> correlations) {
    this.store = store;
    this.correlations = correlations;
  }

  /** Returns the name of the group that unites the findings of a principal. */
  public static String ofPrincipal(String id) {
    return OF_PRINCIPAL + id;
  }

  /**
   * Returns the name of the group that unites the findings about a client address, such as {@code
   * address 192.0.2.1}. These findings have no principal.
   */
  public static String ofAddress(String address) {
    return OF_ADDRESS + address;
  }

  /**
   * Splits the findings of one group into incidents, each a list of the ids of its findings. The
   * ids are in the order of the findings' starts.
   */
  public static List<List<String>> of(String group, Collection<IncidentMember> members) {
    IncidentsOfGroup all = IncidentsOfGroup.of(group, null);
    members.forEach(all::take);
    return all.findings();
  }

  /**
   * Updates the incidents of a group after a finding has joined the group, changed, or been
   * retracted.
   */
  public void take(IncidentMember change) {
    String name = change.getGroup();
    IncidentsOfGroup group = group(name);
    if (group.isUnchangedBy(change)) {
      if (change.getStands()) {
        leaveOut(change.getFinding(), name);
      }
      return;
    }
    Map<String, IncidentsOfGroup.Incident> before = group.incidents();
    String leftOut = group.take(change);
    store(name, group);
    Map<String, IncidentsOfGroup.Incident> after = new TreeMap<>(group.incidents());
    after.forEach(
        (finding, incident) -> {
          // A new member is answered in any case: it may have come from another group.
          if (!incident.equals(before.get(finding))) {
            correlations.accept(
                new Correlation(finding, name, incident.correlationId(), incident.rules(), false));
          }
        });
    if (leftOut != null) {
      leaveOut(leftOut, name);
    }
  }

  private void leaveOut(String finding, String group) {
    correlations.accept(new Correlation(finding, group, null, List.of(), true));
  }

  private IncidentsOfGroup group(String name) {
    IncidentsOfGroup group = recent.get(name);
    if (group == null) {
      if (recent.size() >= MOST_RECENT) {
        recent.remove(recent.keySet().iterator().next()); // the eldest
      }
      group = IncidentsOfGroup.of(name, store.get(name));
      recent.put(name, group);
    }
    return group;
  }

  private void store(String name, IncidentsOfGroup group) {
    if (group.isEmpty()) {
      recent.remove(name);
      store.delete(name);
    } else {
      store.put(name, group.stored());
    }
  }

  /**
   * Deletes the group that unites the findings of an erased principal, with the group's incidents.
   */
  public void erase(String principal) {
    recent.remove(ofPrincipal(principal));
    store.delete(ofPrincipal(principal));
  }

  /**
   * Advances the watermark, and, when the watermark enters another UTC day, evicts the incidents
   * that cannot change any more.
   */
  public void advance(long low) {
    long before = Math.floorDiv(lowAt, DAY_MILLIS);
    lowAt = Math.max(lowAt, low);
    if (Math.floorDiv(lowAt, DAY_MILLIS) == before) {
      return;
    }
    Map<String, IncidentsOfGroup> changed = new TreeMap<>();
    store.forEach(
        (name, stored) -> {
          IncidentsOfGroup group = IncidentsOfGroup.of(name, stored);
          if (group.evict(lowAt - KEPT_MILLIS)) {
            changed.put(name, group);
          }
        });
    recent.clear();
    changed.forEach(this::store);
  }
}
