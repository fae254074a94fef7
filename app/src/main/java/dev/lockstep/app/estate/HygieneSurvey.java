package dev.lockstep.app.estate;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Collector of statistics of the activities in a capture, which reveal weak settings, such as old
 * keys and unused standing roles. While no limit of memory is reached, the order of the activities
 * does not matter.
 *
 * <p>Memory is bounded: up to {@value #MOST} workloads and keys together, and as many calls that
 * may still get their identity link. Events beyond these limits are counted as left out. A check
 * that would be wrong without them is skipped.
 */
public final class HygieneSurvey {
  static final int MOST = 200_000;
  private static final Set<String> USER_SIGN_INS =
      Set.of("SignInLogs", "NonInteractiveUserSignInLogs");
  private static final Set<String> WORKLOAD_SIGN_INS =
      Set.of("ServicePrincipalSignInLogs", WorkloadKeys.MANAGED_IDENTITIES);

  private final Enrichment enrichment;
  private final WorkloadKeys keys;
  private final GatewayCalls calls;
  private final UncoveredSignIns uncovered;
  private final PrivilegedUse privileged;
  private long audits;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  /** Default age at which a key should be replaced. */
  public static final Duration USUAL_ROTATION = Duration.ofDays(90);

  /**
   * Creates a survey that has no activities yet. It reports each workload key that has been in use
   * for longer than {@code rotation}.
   *
   * @param rotation age at which a key should be replaced
   */
  public HygieneSurvey(Enrichment enrichment, Duration rotation) {
    this.enrichment = enrichment;
    this.keys = new WorkloadKeys(rotation);
    this.calls = new GatewayCalls(enrichment);
    this.uncovered = new UncoveredSignIns(enrichment);
    this.privileged =
        new PrivilegedUse(operation -> enrichment.estate().privileged(operation) != null);
  }

  /** Adds an activity to the statistics that reveal weak settings. Several threads may call it. */
  public synchronized void add(Activity activity) {
    if (activity.getKind() == ActivityKind.IDENTITY_LINK) {
      calls.link(activity);
      return; // not in the span of times, because a link may have no time
    }
    first = Math.min(first, activity.getEventAt());
    last = Math.max(last, activity.getEventAt());
    switch (activity.getKind()) {
      case SIGN_IN -> signIn(activity);
      case API_CALL -> calls.call(activity);
      case AUDIT -> {
        audits++;
        privileged.add(activity);
      }
      default -> {}
    }
  }

  private void signIn(Activity signIn) {
    if (signIn.getStatus() != 0) {
      return;
    }
    if (WORKLOAD_SIGN_INS.contains(signIn.getCategory())) {
      keys.add(signIn);
    } else if (USER_SIGN_INS.contains(signIn.getCategory())) {
      uncovered.add(signIn);
    }
  }

  public synchronized Hygiene result() {
    List<Hygiene.Item> items = new ArrayList<>();
    keys.find(items);
    calls.find(items);
    uncovered.find(items);
    unusedRoles(items);
    items.sort(
        Comparator.comparing(Hygiene.Item::check)
            .thenComparing(Hygiene.Item::subject)
            .thenComparing(Hygiene.Item::detail));
    boolean isEmpty = last == Long.MIN_VALUE;
    return new Hygiene(
        items,
        skipped(),
        isEmpty ? 0 : first,
        isEmpty ? 0 : last,
        keys.leftOut() + calls.leftOut() + privileged.leftOut());
  }

  private void unusedRoles(List<Hygiene.Item> items) {
    Map<String, Set<String>> used = new HashMap<>();
    for (PrivilegedUse.Operation operation : privileged.operations()) {
      for (PrivilegedOperations entry : enrichment.estate().privileged()) {
        if (entry.includes(operation.name())) {
          used.computeIfAbsent(entry.name(), none -> new HashSet<>()).add(operation.user());
        }
      }
    }
    if (audits == 0 || privileged.leftOut() > 0) {
      return;
    }
    for (PrivilegedOperations entry : enrichment.estate().privileged()) {
      for (String user : entry.standing()) {
        if (!used.getOrDefault(entry.name(), Set.of()).contains(user)) {
          items.add(
              new Hygiene.Item(
                  Hygiene.Check.UNUSED_STANDING_ROLE,
                  user,
                  entry.name(),
                  "holds the role without activation, but did none of its privileged operations",
                  Map.of()));
        }
      }
    }
  }

  private Map<Hygiene.Check, String> skipped() {
    Estate estate = enrichment.estate();
    Map<Hygiene.Check, String> why = new EnumMap<>(Hygiene.Check.class);
    keys.skip(why, first, last);
    calls.skip(why);
    uncovered.skip(why);
    if (estate.privileged().stream().allMatch(entry -> entry.standing().isEmpty())) {
      why.put(
          Hygiene.Check.UNUSED_STANDING_ROLE,
          "the estate lists no user under the key \"standing\"");
    } else if (audits == 0) {
      why.put(
          Hygiene.Check.UNUSED_STANDING_ROLE,
          "the capture has no record of category AuditLogs or of the activity log");
    } else if (privileged.leftOut() > 0) {
      why.put(
          Hygiene.Check.UNUSED_STANDING_ROLE,
          tooMany("privileged operations or activations of roles"));
    }
    return why;
  }

  static String tooMany(String things) {
    return String.format(Locale.ROOT, "the capture has more than %,d %s", MOST, things);
  }
}
