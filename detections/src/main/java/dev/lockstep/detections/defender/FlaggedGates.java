package dev.lockstep.detections.defender;

import dev.lockstep.rules.AlertGates;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Phrases;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gates of the comparison of a fact with an alert, each with its verdict and numbers. */
final class FlaggedGates {
  static final String CLOSE_TO_ALERT = "close-to-alert";

  private FlaggedGates() {}

  /**
   * @param most longest time between fact and alert, in minutes
   * @param gate gate of the network class that decided, or null
   * @param named if the alert names the principal
   */
  static List<GateChecked> of(
      Fact fact, AlertOnSubject alert, int most, @Nullable String gate, boolean named) {
    String word = DefenderCorroboration.networkClass(fact).word();
    Gates gates =
        new Gates()
            .passes(
                CLOSE_TO_ALERT,
                "nearestMinutes",
                (double) nearest(fact, alert),
                "limitMinutes",
                (double) most);
    for (String each : AlertGates.NAMES) {
      gates.decides(each, each.equals(gate), Gates.SUPPRESSED, "class", word);
    }
    Principal principal = fact.principal();
    gates
        .decides(
            DefenderCorroboration.ALREADY_NAMED,
            named,
            Gates.SUPPRESSED,
            "principal",
            principal == null ? "unknown" : principal.getId(),
            "accounts",
            (double) alert.alert().getAccounts().size(),
            "names",
            (double) alert.alert().getNames().size())
        .decides(
            DefenderCorroboration.FLAGGED_ADDRESS,
            gate == null && !named,
            Gates.FIRES,
            "alert",
            alert.alert().getId(),
            "severity",
            String.valueOf(alert.alert().getSeverity()));
    if (gate == null && !named && DefenderCorroboration.isShared(fact)) {
      gates.adds("shared-network", Gates.LOWERED, "class", word);
    }
    return gates.list();
  }

  /** Returns the gates of a fact without an event close to the alert. */
  static List<GateChecked> far(Fact fact, AlertOnSubject alert, int most) {
    long nearest = Long.MAX_VALUE;
    for (long time : alert.times()) {
      nearest = Math.min(nearest, Math.abs(time - fact.firstAt()));
      nearest = Math.min(nearest, Math.abs(time - fact.lastAt()));
    }
    return new Gates()
        .decides(
            CLOSE_TO_ALERT,
            true,
            Gates.SUPPRESSED,
            "alert",
            alert.alert().getId(),
            "nearestMinutes",
            Phrases.rounded(nearest / 60_000.0, 0, most),
            "limitMinutes",
            (double) most)
        .list();
  }

  private static long nearest(Fact fact, AlertOnSubject alert) {
    long nearest = Long.MAX_VALUE;
    for (long time : alert.times()) {
      for (EventReference event : List.of(fact.first(), fact.last())) {
        nearest = Math.min(nearest, Math.abs(Math.floorDiv(time, 60_000L) - event.minute()));
      }
      boolean within = time >= fact.firstAt() && time <= fact.lastAt();
      int minute = (int) Math.floorMod(Math.floorDiv(time, 60_000L), 1440L);
      if (within && fact.minutes().get(minute)) {
        return 0;
      }
    }
    return nearest;
  }
}
