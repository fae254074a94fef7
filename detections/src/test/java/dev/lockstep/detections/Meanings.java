package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the observer says of activities, as lists. */
final class Meanings implements Observer.Meaning {
  final List<Stay> stays = new ArrayList<>();
  final List<Principal> somewhere = new ArrayList<>();
  final List<Sighting> tokens = new ArrayList<>();
  final List<Sighting> partners = new ArrayList<>();
  final List<Presence> presences = new ArrayList<>();
  final Tally tally = new Tally();
  private final Observer observer;

  Meanings(RuleSettings settings, Enrichment enrichment) {
    this.observer = new Observer(settings, enrichment);
  }

  static Meanings of(Activity... activities) {
    Meanings meanings = new Meanings(RuleSettings.defaults(), Desk.world());
    for (Activity activity : activities) {
      meanings.observe(activity);
    }
    return meanings;
  }

  void observe(Activity activity) {
    observer.observe(activity, new Observer.Counts(tally, false), this);
  }

  long gate(String rule, String gate) {
    return tally.gates().getOrDefault(rule, Map.of()).getOrDefault(gate, 0L);
  }

  long sees(String rule, String what) {
    return tally.coverage().getOrDefault(rule, Map.of()).getOrDefault(what, 0L);
  }

  @Override
  public void travels(Principal principal, Stay stay) {
    stays.add(stay);
  }

  @Override
  public void isSomewhere(Principal principal) {
    somewhere.add(principal);
  }

  @Override
  public void token(Sighting sighting) {
    tokens.add(sighting);
  }

  @Override
  public void partner(Sighting sighting) {
    partners.add(sighting);
  }

  @Override
  public void present(Presence presence) {
    presences.add(presence);
  }
}
