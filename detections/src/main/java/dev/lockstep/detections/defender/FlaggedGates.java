package dev.lockstep.detections.defender;

import dev.lockstep.rules.AlertGates;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Phrases;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Factory of the results of the gates that {@code defender-corroboration} checks for a fact and an
 * alert, each with its numbers.
 */
final class FlaggedGates {
  static final String CLOSE_TO_ALERT = "close-to-alert";

  private static final long MINUTE_MILLIS = 60_000L;
  private static final long DAY_MINUTES = 1_440L;

  private FlaggedGates() {}

  /**
   * Returns the results of the gates for a fact with an event near the time of an alert.
   *
   * @param most longest time between fact and alert, in minutes
   * @param gate gate that suppresses the fact because of its network class, or null if none does
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
                minutesBetween(fact, alert),
                "limitMinutes",
                most);
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
            alert.alert().getAccounts().size(),
            "names",
            alert.alert().getNames().size())
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

  /**
   * Returns the gate result for a fact without an event near the time of the alert. It is one
   * result: the gate {@link #CLOSE_TO_ALERT} suppresses the fact. The caller has found out that
   * there is no such event. No other gate is checked.
   *
   * @param most number of minutes up to which an event is near the alert
   */
  static List<GateChecked> far(Fact fact, AlertOnSubject alert, int most) {
    long nearest = Long.MAX_VALUE;
    for (long time : alert.times()) {
      nearest = Math.min(nearest, Math.abs(time - fact.firstAt()));
      nearest = Math.min(nearest, Math.abs(time - fact.lastAt()));
      for (long minute : minutesAround(fact, Math.floorDiv(time, MINUTE_MILLIS))) {
        if (minute != fact.first().minute() && minute != fact.last().minute()) {
          nearest = Math.min(nearest, Math.abs(time - minute * MINUTE_MILLIS));
        }
      }
    }
    return new Gates()
        .decides(
            CLOSE_TO_ALERT,
            true,
            Gates.SUPPRESSED,
            "alert",
            alert.alert().getId(),
            "nearestMinutes",
            Phrases.rounded(nearest / (double) MINUTE_MILLIS, 0, most),
            "limitMinutes",
            most)
        .list();
  }

  private static long minutesBetween(Fact fact, AlertOnSubject alert) {
    long nearest = Long.MAX_VALUE;
    for (long time : alert.times()) {
      long at = Math.floorDiv(time, MINUTE_MILLIS);
      for (long minute : minutesAround(fact, at)) {
        nearest = Math.min(nearest, Math.abs(at - minute));
      }
    }
    return nearest;
  }

  /**
   * Returns the nearest minutes with events of a fact before and after a given minute. The given
   * minute counts on both sides. A side without such a minute is left out.
   *
   * @param at minute since 1970
   */
  private static List<Long> minutesAround(Fact fact, long at) {
    long day = fact.day() * DAY_MINUTES;
    int minute = (int) Math.max(0, Math.min(DAY_MINUTES - 1, at - day));
    List<Long> minutes = new ArrayList<>(2);
    for (int each :
        new int[] {fact.minutes().previousSetBit(minute), fact.minutes().nextSetBit(minute)}) {
      if (each >= 0) {
        minutes.add(day + each);
      }
    }
    return minutes;
  }
}
