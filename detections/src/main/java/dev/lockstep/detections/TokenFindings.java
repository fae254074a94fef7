package dev.lockstep.detections;

import dev.lockstep.enrichment.NamedNetwork;
import dev.lockstep.schemas.AddressUsed;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingReplay;
import dev.lockstep.schemas.TokenUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes one finding of what fired for a token on a day. */
final class TokenFindings {
  private static final List<String> REASONS = RuleInfo.TOKEN_REPLAY.reasons();

  private final RuleSettings settings;
  private final TokenReplay rule;
  private final Expected expected;

  TokenFindings(RuleSettings settings, Expected expected) {
    this.expected = expected;
    this.settings = settings;
    this.rule = new TokenReplay(settings.token());
  }

  /** One reason why something of a day fired. */
  record Fired(
      String reason, Severity severity, TokenUse one, @Nullable TokenUse other, String line) {
    int rank() {
      return REASONS.indexOf(reason);
    }

    List<TokenUse> uses() {
      return other == null ? List.of(one) : List.of(one, other);
    }

    /** Returns what a use fired with, null if that is nothing else. */
    @Nullable TokenUse with(TokenUse use) {
      return use == one ? other : one;
    }
  }

  static String id(String token, int day) {
    return Findings.id(TokenReplay.ID, token, Days.text(day));
  }

  /** Returns whether something outweighs what was said of its day. */
  static boolean raises(Fired fired, StandingReplay stood) {
    int higher = fired.severity().compareTo(stood.getSeverity());
    return higher > 0 || (higher == 0 && fired.rank() < REASONS.indexOf(stood.getReason()));
  }

  /**
   * Returns the finding of what fired on a day.
   *
   * @param before what was said of it and is outweighed by what fired, but whose count it does not
   *     fall below: what fired then may not be kept any more
   */
  Contribution finding(
      String token,
      int day,
      List<Fired> fired,
      List<TokenUse> uses,
      boolean overflow,
      @Nullable StandingReplay before) {
    IdentityHashMap<TokenUse, String> traits = new IdentityHashMap<>();
    for (Fired one : fired) {
      one.uses().forEach(use -> traits.computeIfAbsent(use, TokenBook::traits));
    }
    List<Fired> telling =
        fired.stream()
            .sorted(
                Comparator.comparing(Fired::severity)
                    .reversed()
                    .thenComparing(Fired::rank)
                    .thenComparing(f -> f.one().getFirst().getEventAt())
                    .thenComparing(f -> traits.getOrDefault(f.one(), ""))
                    .thenComparing(
                        f -> f.other() == null ? "" : traits.getOrDefault(f.other(), "")))
            .toList();
    Fired first = telling.get(0);
    Detection detection =
        Findings.start(RuleInfo.TOKEN_REPLAY, id(token, day), first.reason(), first.severity());
    TreeSet<String> prefixes = new TreeSet<>();
    TreeSet<String> addresses = new TreeSet<>();
    FindingAddresses all = new FindingAddresses(settings.setCap());
    Cited earliest = null;
    Principal whoever = null;
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Fired one : telling) {
      for (TokenUse use : one.uses()) {
        add(use, one.with(use), all);
        List<Cited> events = rule.fired(use, one.with(use));
        Cited from = events.get(0);
        if (use.getSpot() != null) {
          prefixes.add(use.getSpot().getPrefix());
          addresses.add(use.getSpot().getAddress());
        }
        start = Math.min(start, from.getEventAt());
        end = Math.max(end, events.get(events.size() - 1).getEventAt());
        if (TokenReplay.validated(use)
            && use.getPrincipal() != null
            && (earliest == null || Citations.earlier(from, earliest) == from)) {
          earliest = from;
          whoever = use.getPrincipal();
        }
      }
    }
    boolean full = prefixes.size() > settings.setCap();
    detection.setCount(
        Math.max(
            before == null ? 1 : before.getCount(),
            Math.max(1, Math.min(settings.setCap(), prefixes.size()))));
    detection.setOverflow((full || overflow) ? true : null);
    detection.setShadow(settings.token().shadow() ? true : null);
    detection.setStartTime(start);
    detection.setEndTime(end);
    TokenUse stranger = later(first);
    detection.setIp(stranger.getSpot() == null ? null : stranger.getSpot().getAddress());
    Principal principal = named(whoever, uses);
    detection.setPrincipal(principal);
    String whose = principal == null ? "an unknown principal" : Findings.name(principal);
    detection.setTitle("Token of %s %s".formatted(whose, titled(first.reason())));
    detection.setDescription(description(token, whose, first));
    detection.getEntities().addAll(Findings.accounts(principal));
    addresses.stream().limit(9).forEach(ip -> detection.getEntities().add(Findings.ip(ip)));
    detection.setEvidence(evidence(telling));
    detection.setGates(gates(token, telling));
    return Findings.said(
        detection,
        all.list(),
        expected.covering(
            detection,
            network -> // what fired before and is not kept may have been in another one
            !overflow
                    && fired.stream()
                        .allMatch(one -> one.uses().stream().anyMatch(use -> in(network, use)))));
  }

  private static boolean in(NamedNetwork network, TokenUse use) {
    return Expected.in(
        network, use.getSpot(), use.getAddresses().stream().map(AddressUsed::getAddress).toList());
  }

  /** Adds the addresses of a use that lie close enough to the one it fired with. */
  private void add(TokenUse use, @Nullable TokenUse with, FindingAddresses all) {
    Spot spot = use.getSpot();
    if (spot == null) {
      return;
    }
    for (AddressUsed used : use.getAddresses()) {
      if (with == null || rule.close(use.getDay(), used, with)) {
        all.add(used.getAddress(), spot.getNetworkClass());
      }
    }
  }

  /** Returns the principal with a name, if any use of the token knows it: calls do not. */
  private static @Nullable Principal named(@Nullable Principal principal, List<TokenUse> uses) {
    if (principal == null || principal.getName() != null) {
      return principal;
    }
    return uses.stream()
        .map(TokenUse::getPrincipal)
        .filter(other -> other != null && other.getId().equals(principal.getId()))
        .filter(other -> other.getName() != null)
        .min(Comparator.comparing(Principal::getName))
        .orElse(principal);
  }

  private static boolean before(TokenUse one, TokenUse other) {
    return Citations.earlier(one.getFirst(), other.getFirst()) == one.getFirst();
  }

  private static String titled(String reason) {
    return switch (reason) {
      case TokenReplay.WRONG_PRINCIPAL -> "presented with another identity";
      case TokenReplay.TWO_NETWORKS -> "used from two networks";
      case TokenReplay.AFTER_EXPIRY -> "accepted after its expiry";
      default -> "tried from another network and refused";
    };
  }

  private static TokenUse later(Fired fired) {
    TokenUse other = fired.other();
    if (other == null) {
      return fired.one();
    }
    if (fired.reason().equals(TokenReplay.ATTEMPT)) {
      return TokenReplay.refused(fired.one()) ? fired.one() : other;
    }
    return before(fired.one(), other) ? other : fired.one();
  }

  private String description(String token, String whose, Fired fired) {
    TokenUse later = later(fired);
    TokenUse earlier = Objects.equals(later, fired.one()) ? fired.other() : fired.one();
    StringBuilder text = new StringBuilder(500);
    text.append("Token ").append(token).append(" of ").append(whose);
    if (earlier == null) {
      return text.append(" was presented in ")
          .append(at(later, null))
          .append(", more than ")
          .append(settings.token().expirySkewMinutes())
          .append(" minutes after it expired: the gateway does not check a token's lifetime, or")
          .append(" its clock is wrong.")
          .toString();
    }
    text.append(" was seen in ").append(at(earlier, later));
    text.append(", and in ").append(at(later, earlier));
    switch (fired.reason()) {
      case TokenReplay.WRONG_PRINCIPAL ->
          text.append(". They name two object ids, ")
              .append(earlier.getOid())
              .append(" and ")
              .append(later.getOid())
              .append(", but a token is issued to one: claims are forged, or mixed up.");
      case TokenReplay.ATTEMPT ->
          text.append(": ")
              .append(fired.line())
              .append(". The gateway refused that call, but whoever sent it has the token or knows")
              .append(" its id.");
      default ->
          text.append(": ")
              .append(fired.line())
              .append(". A change of address within a network is usual while a token lives; this")
              .append(" is none. Somebody else may hold a copy of the token.");
    }
    return text.toString();
  }

  private String at(TokenUse use, @Nullable TokenUse with) {
    StringBuilder text = new StringBuilder(80);
    text.append(
        switch (use.getKind()) {
          case SIGN_IN -> "the sign-in that minted it";
          case ACCEPTED -> "an accepted call";
          case REFUSED, IGNORED -> "a refused call";
          case CLAIMED -> "a refused call whose claims were not validated";
        });
    Spot spot = use.getSpot();
    if (spot != null) {
      text.append(" from ")
          .append(spot.getAddress())
          .append(" (")
          .append(network(spot))
          .append(')');
    }
    long eventAt = rule.fired(use, with).get(0).getEventAt();
    return text.append(" at ").append(Findings.time(eventAt)).toString();
  }

  /** Returns a network in words. */
  static String network(Spot spot) {
    StringBuilder text = new StringBuilder(40);
    text.append(spot.getAsn() == null ? "AS unknown" : "AS" + spot.getAsn());
    if (spot.getOrganisation() != null) {
      text.append(' ').append(spot.getOrganisation());
    }
    text.append(", ")
        .append(spot.getNetworkCountry() == null ? "country unknown" : spot.getNetworkCountry());
    if (!spot.getNetworkClass().equals("unknown")) {
      text.append(", ").append(spot.getNetworkClass());
    }
    return text.toString();
  }

  private List<Evidence> evidence(List<Fired> telling) {
    Map<String, Evidence> events = new LinkedHashMap<>();
    for (Fired fired : telling) {
      for (TokenUse use : fired.uses()) {
        for (Cited cited : rule.fired(use, fired.with(use))) {
          if (events.size() < Citations.MOST_EVIDENCE) {
            Citations.show(events, Citations.evidence(cited, use.getSpot(), mattered(use)));
          }
        }
      }
    }
    return new ArrayList<>(events.values());
  }

  private static Map<String, String> mattered(TokenUse use) {
    Map<String, String> words = new TreeMap<>();
    words.put(
        "observation",
        switch (use.getKind()) {
          case SIGN_IN -> "sign-in that minted the token";
          case ACCEPTED -> "accepted call";
          case REFUSED -> "call refused with 401 or 403";
          case IGNORED -> "refused call";
          case CLAIMED -> "refused call, claims not validated";
        });
    if (use.getOid() != null) {
      words.put("oid", use.getOid());
    }
    if (use.getAfterExpiry()) {
      words.put("expiry", "after the token's own exp");
    }
    return words;
  }

  private static List<GateChecked> gates(String token, List<Fired> telling) {
    List<GateChecked> gates = new ArrayList<>();
    for (Fired fired : telling.subList(0, Math.min(5, telling.size()))) {
      TokenUse other = fired.other();
      Object[] numbers =
          other == null || fired.one().getSpot() == null || other.getSpot() == null
              ? new Object[] {"token", token, "verdict", fired.line()}
              : new Object[] {
                "token", token,
                "verdict", fired.line(),
                "oneNetwork", network(spot(fired.one())),
                "otherNetwork", network(spot(other))
              };
      gates.add(Gates.checked(fired.reason(), "passed", numbers));
    }
    return gates;
  }

  private static Spot spot(TokenUse use) {
    return Objects.requireNonNull(use.getSpot());
  }
}
