package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Static methods that return a fact as text: times, place, fields and details of its events. */
final class FactText {
  private static final int MOST_MEMBERS = 3;

  private FactText() {}

  /**
   * Returns a fact as one line of text: its times, place, fields and details.
   *
   * @param known subjects whose ids are not repeated, because the explanation shows them elsewhere
   */
  static String of(Fact fact, JudgedDay day, Collection<Subject> known) {
    List<String> parts = new ArrayList<>();
    Location at = fact.location();
    if (at != null) {
      parts.add(placed(at.place()) + at.address().text() + ", " + network(at.network()));
    }
    List<String> what = new ArrayList<>();
    if (day.info().kinds().size() > 1) {
      what.add(DisplayFormat.words(fact.kind().name()));
    }
    what.add(fact.first().category());
    for (Field field : fact.kind().fields()) {
      add(what, field, fact, day, known);
    }
    parts.add(String.join(", ", what));
    Principal principal = fact.principal();
    if (principal != null
        && known.stream().noneMatch(subject -> subject.id().equals(principal.getId()))) {
      parts.add(DisplayFormat.name(principal));
    }
    int minutes = fact.minutes().cardinality();
    if (minutes > 1) {
      parts.add(DisplayFormat.count(minutes, "minute"));
    }
    if (fact.addresses().size() > 1) {
      parts.add(fact.addresses().size() + " addresses " + members(fact.addresses(), day));
    }
    return DisplayFormat.span(fact.firstAt(), fact.lastAt()) + "  " + String.join("; ", parts);
  }

  private static void add(
      List<String> what, Field field, Fact fact, JudgedDay day, Collection<Subject> known) {
    String name = DisplayFormat.words(field.name());
    switch (field.type()) {
      case FLAG -> {
        if (fact.is(field)) {
          what.add(name);
        }
      }
      case NUMBER -> {
        if (field.shown() == Field.Shown.INSTANT) {
          what.add(name + " " + DisplayFormat.dateTime(fact.number(field)));
        } else if (field.shown() == Field.Shown.AS_IS && fact.number(field) != 0) {
          what.add(NumberWords.of(field.name(), (double) fact.number(field)));
        }
      }
      case TEXT -> {
        String text = fact.text(field);
        if (text != null) {
          String shown = NumberWords.shown(text, known);
          what.add(name.equals(fact.kind().name()) ? shown : name + " " + shown);
        }
      }
      case SET -> {
        if (!fact.members(field).isEmpty()) {
          what.add(name + " " + members(fact.members(field), day));
        }
      }
    }
  }

  private static String members(List<Seen> all, JudgedDay day) {
    List<String> shown = all.stream().map(member -> day.shown(member.text())).toList();
    return DisplayFormat.first(MOST_MEMBERS, shown);
  }

  static String until(Fact fact, Subject about) {
    return spot(fact, about) + " until " + DisplayFormat.time(fact.lastAt());
  }

  static String from(Fact fact, Subject about) {
    return spot(fact, about) + " from " + DisplayFormat.time(fact.firstAt());
  }

  private static String spot(Fact fact, Subject about) {
    Location at = fact.location();
    if (at == null) {
      return about.kind() == Subject.Kind.ADDRESS ? about.id() : "no address";
    }
    return at.place().known() ? place(at.place()) : at.address().text();
  }

  private static String placed(Place place) {
    return place.known()
        ? place(place) + " \u00b1" + DisplayFormat.number(place.accuracyKm()) + " km; "
        : "";
  }

  static String place(Place place) {
    return DisplayFormat.place(place.country(), place.city(), place.latitude(), place.longitude());
  }

  static String network(Network network) {
    List<String> parts = new ArrayList<>();
    parts.add(
        (network.asn() == null ? "AS unknown" : "AS" + network.asn())
            + (network.organisation() == null ? "" : " " + network.organisation()));
    parts.add(network.country() == null ? "country unknown" : network.country());
    parts.add(
        network.networkClass() == NetworkClass.UNKNOWN
            ? "no class"
            : network.networkClass().word());
    return String.join(", ", parts);
  }
}
