package dev.lockstep.app.estate;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.ProtectedApi;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.text.ComparableText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counter of the sign-ins of users to each API of the estate, in total and without a conditional
 * access policy.
 */
final class UncoveredSignIns {
  private final Enrichment enrichment;
  private final Map<String, Uncovered> uncovered = new TreeMap<>();

  /** Counts of the sign-ins to one API, in total and without a conditional access policy. */
  private static final class Uncovered {
    private long signIns;
    private long notApplied;
    private final Set<String> users = new HashSet<>();
  }

  UncoveredSignIns(Enrichment enrichment) {
    this.enrichment = enrichment;
  }

  /** Adds a successful sign-in of a user. */
  void add(Activity signIn) {
    SignIn details = signIn.getSignIn();
    Principal user = signIn.getPrincipal();
    ProtectedApi api = details == null ? null : enrichment.estate().api(details.getResourceId());
    if (details == null || api == null || user == null) {
      return;
    }
    Uncovered of = uncovered.computeIfAbsent(api.name(), none -> new Uncovered());
    of.signIns++;
    if (ComparableText.of(details.getConditionalAccess()).equals("notapplied")) {
      of.notApplied++;
      if (of.users.size() < HygieneSurvey.MOST) {
        of.users.add(user.getId());
      }
    }
  }

  /** Adds to the weak settings each API that has sign-ins to which no policy applied. */
  void find(List<Hygiene.Item> items) {
    uncovered.forEach((api, seen) -> uncovered(api, seen, items));
  }

  private static void uncovered(String api, Uncovered seen, List<Hygiene.Item> items) {
    if (seen.notApplied > 0) {
      items.add(
          new Hygiene.Item(
              Hygiene.Check.NO_POLICY,
              api,
              "",
              "%s had sign-ins to which no policy applied: %,d of %s"
                  .formatted(
                      DisplayFormat.count(seen.users.size(), "user"),
                      seen.notApplied,
                      DisplayFormat.count(seen.signIns, "sign-in")),
              Hygiene.Item.counts(
                  "signIns", seen.signIns,
                  "notApplied", seen.notApplied,
                  "users", seen.users.size())));
    }
  }

  /** Adds the reason if the check for sign-ins without a policy has to be skipped. */
  void skip(Map<Hygiene.Check, String> why) {
    if (enrichment.estate().apis().isEmpty()) {
      why.put(Hygiene.Check.NO_POLICY, "the estate lists no API");
    } else if (uncovered.isEmpty()) {
      why.put(Hygiene.Check.NO_POLICY, "the capture has no sign-in to an API of the estate");
    }
  }
}
