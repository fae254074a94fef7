package dev.lockstep.app.explain;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.explain.AddressUse;
import dev.lockstep.detections.explain.SubjectEvents;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.geo.Provenance;
import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.enrichment.partner.ChangeWindow;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.schemas.Principal;
import java.util.List;
import java.util.Locale;

/**
 * Printer of text about an address, a token or a partner: what the operator's files, the databases
 * and the events tell about this subject. Other subjects have no such text.
 */
final class SubjectText {
  private static final String UNKNOWN = "not known from any file, record or database";
  private static final int MOST_USES = 25;

  private final WrappedText lines;
  private final ExplainScope scope;

  SubjectText(WrappedText lines, ExplainScope scope) {
    this.lines = lines;
    this.scope = scope;
  }

  void print(Explanation explanation) {
    SubjectEvents events = explanation.events();
    switch (explanation.subject().kind()) {
      case ADDRESS -> address(events);
      case TOKEN -> token(events);
      case PARTNER -> {
        if (explanation.partner() != null) {
          partner(explanation.partner(), events);
        }
      }
      case PRINCIPAL, SESSION, APPLICATION, RESOURCE, GROUP, PLACE -> {}
    }
  }

  private void token(SubjectEvents events) {
    if (!events.expiries().isEmpty()) {
      lines.heading("WHAT IT IS");
      events
          .expiries()
          .forEach(
              end ->
                  lines.text(
                      2, "The token says that it ends at " + DisplayFormat.dateTime(end) + "."));
    }
  }

  private void partner(Partner partner, SubjectEvents events) {
    lines.heading("WHAT THE REGISTRY SAYS");
    if (partner.hasCidrs()) {
      lines.text(2, "Ranges are declared: the partner may call only from these ranges.");
    } else {
      lines.text(2, "No ranges are declared.");
    }
    for (String range : partner.cidrs()) {
      lines.labelled(
          2,
          range,
          24,
          events.declaredSeen().contains(range)
              ? "accepted calls came from this range"
              : "NEVER SEEN in the accepted calls that were read: is this range still needed?");
    }
    for (NamedSystem named : partner.networks()) {
      lines.labelled(
          2,
          "AS" + named.asn() + "/" + (named.country() == null ? "any" : named.country()),
          24,
          "named as known");
    }
    for (ChangeWindow window : partner.changeWindows()) {
      lines.text(
          2,
          "change window "
              + DisplayFormat.datedSpan(window.from(), window.to())
              + (window.note() == null ? "" : ": " + window.note()));
    }
  }

  private void address(SubjectEvents events) {
    List<Provenance> places = events.places();
    lines.heading(
        places.size() == 1
            ? "WHAT IT IS"
            : "WHAT IT IS: records differ about the address, so there are "
                + places.size()
                + " answers");
    for (int i = 0; i < places.size(); i++) {
      if (i > 0) {
        lines.blank();
      }
      place(places.get(i));
    }
    lines.heading("WHO USED IT");
    List<AddressUse> uses = events.uses();
    if (uses.isEmpty()) {
      lines.text(2, "Nobody: no sign-in and no call that was read came from this address.");
    }
    lines.first(
        scope.most(MOST_USES),
        uses,
        2,
        ExplainText.MORE,
        use -> {
          lines.text(2, who(use));
          lines.text(6, DisplayFormat.datedSpan(use.firstAt(), use.lastAt()) + tokens(use));
        });
    if (events.callsBehind() > 0) {
      lines.text(
          2,
          DisplayFormat.count(events.callsBehind(), "call")
              + " came through this trusted proxy, from a client behind it");
    }
  }

  private void place(Provenance provenance) {
    Location location = provenance.location();
    Place place = location.place();
    lines.labelled(2, "prefix", 14, location.network().prefix());
    for (String part : List.of("class", "asn", "organisation", "country", "city", "coordinates")) {
      String source = provenance.sources().get(part);
      String value =
          switch (part) {
            case "class" -> location.network().networkClass().word();
            case "asn" -> "AS" + location.network().asn();
            case "organisation" -> String.valueOf(location.network().organisation());
            case "country" -> String.valueOf(location.network().country());
            case "city" -> String.valueOf(place.city());
            default ->
                String.format(
                    Locale.ROOT,
                    "%.4f, %.4f \u00b1%s km",
                    place.latitude(),
                    place.longitude(),
                    DisplayFormat.number(place.accuracyKm()));
          };
      if (source != null) {
        lines.labelled(2, part, 14, DisplayFormat.padded(value, 28) + source);
      } else {
        lines.labelled(2, part, 14, UNKNOWN);
      }
    }
  }

  private static String who(AddressUse use) {
    Principal principal = use.principal();
    return DisplayFormat.count(use.events(), use.outcome() + " " + use.event())
        + (principal == null ? ", nobody named" : ", " + DisplayFormat.name(principal))
        + (use.partner() == null ? "" : ", partner " + use.partner());
  }

  private static String tokens(AddressUse use) {
    if (use.tokens().isEmpty()) {
      return "";
    }
    return (use.tokens().size() == 1 ? "; token " : "; tokens ")
        + String.join(", ", use.tokens())
        + (use.moreTokens() > 0 ? " and " + DisplayFormat.number(use.moreTokens()) + " more" : "");
  }
}
