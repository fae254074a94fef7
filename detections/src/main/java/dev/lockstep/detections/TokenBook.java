package dev.lockstep.detections;

import dev.lockstep.detections.TokenReplay.NetworkVerdict;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.TokenState;
import dev.lockstep.schemas.TokenUse;
import dev.lockstep.schemas.TokenUseKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@code token-replay} keeps of a token, and what becomes of it with one more sighting. */
final class TokenBook {
  private static final List<String> REASONS = RuleInfo.TOKEN_REPLAY.reasons();

  private final RuleSettings settings;
  private final TokenReplay rule;

  TokenBook(RuleSettings settings) {
    this.settings = settings;
    this.rule = new TokenReplay(settings.token());
  }

  static TokenState empty() {
    return new TokenState(new ArrayList<>(2), new ArrayList<>(0), false, false);
  }

  /** One reason why something of a day fired. */
  private record Fired(
      String reason, Severity severity, TokenUse one, @Nullable TokenUse other, String line) {
    int rank() {
      return REASONS.indexOf(reason);
    }

    List<TokenUse> uses() {
      return other == null ? List.of(one) : List.of(one, other);
    }
  }

  /**
   * Notes a sighting and gives out every finding of the token that stands, or does not stand any
   * more. Returns whether the state changed.
   */
  boolean observe(Sighting sighting, TokenState state, Tally tally, Consumer<Detection> out) {
    TokenUse use = use(sighting);
    List<TokenUse> uses = state.getUses();
    TokenUse kept = null;
    boolean moved = false;
    for (TokenUse before : uses) {
      if (alike(before, use)) {
        Cited first = Citations.earlier(before.getFirst(), use.getFirst());
        Cited last = Citations.later(before.getLast(), use.getLast());
        moved = !first.equals(before.getFirst()) || !last.equals(before.getLast());
        before.setFirst(first);
        before.setLast(last);
        kept = before;
        break;
      }
    }
    if (kept == null) {
      kept = use;
      moved = true;
      uses.add(use);
      cap(state);
    }
    if (!moved) {
      return false;
    }
    tallyQuiet(kept, state.getUses(), tally);
    if (state.getUses().size() > 1 || kept.getAfterExpiry()) {
      judge(sighting.getSubject(), state, out);
    }
    return true;
  }

  private void cap(TokenState state) {
    List<TokenUse> uses = state.getUses();
    if (uses.size() > settings.setCap()) {
      state.setOverflow(true);
      TokenUse dropped =
          uses.stream()
              .max(
                  Comparator.comparingInt(TokenBook::dispensable)
                      .thenComparingLong(use -> Findings.memberHash(traits(use))))
              .orElseThrow();
      uses.remove(uses.indexOf(dropped)); // by index: a list that Avro read knows no other way
    }
  }

  /**
   * Returns which uses go first from a full set: whoever only holds a token's id can claim it from
   * many networks, and must not push out who really used it.
   */
  private static int dispensable(TokenUse use) {
    if (TokenReplay.accepted(use)) {
      return 0;
    }
    return TokenReplay.validated(use) ? 1 : 2;
  }

  private void tallyQuiet(TokenUse moved, List<TokenUse> uses, Tally tally) {
    for (TokenUse other : uses) {
      if (other != moved && rule.comparedFor(moved, other) != null) {
        NetworkVerdict verdict = TokenReplay.byNetworks(spot(moved), spot(other));
        if (verdict.gate() != null) {
          tally.gate(TokenReplay.ID, verdict.gate());
        }
      }
    }
  }

  private void judge(String token, TokenState state, Consumer<Detection> out) {
    TreeMap<Integer, List<Fired>> byDay = new TreeMap<>();
    List<TokenUse> uses = state.getUses();
    for (int i = 0; i < uses.size(); i++) {
      TokenUse use = uses.get(i);
      if (use.getAfterExpiry()) {
        note(byDay, new Fired(TokenReplay.AFTER_EXPIRY, Severity.High, use, null, "past its life"));
      }
      for (int j = 0; j < i; j++) {
        TokenUse other = uses.get(j);
        if (rule.wrongPrincipal(use, other)) {
          note(
              byDay,
              new Fired(TokenReplay.WRONG_PRINCIPAL, Severity.High, use, other, "two principals"));
        }
        String reason = rule.comparedFor(use, other);
        if (reason != null) {
          NetworkVerdict verdict = TokenReplay.byNetworks(spot(use), spot(other));
          if (verdict.severity() != null) {
            Severity severity =
                reason.equals(TokenReplay.ATTEMPT) ? Severity.Low : verdict.severity();
            note(byDay, new Fired(reason, severity, use, other, verdict.line()));
          }
        }
      }
    }
    byDay.forEach(
        (day, fired) -> out.accept(finding(token, day, fired, uses, state.getOverflow())));
    for (int day : state.getStandingDays()) {
      if (!byDay.containsKey(day)) {
        out.accept(Findings.withdrawal(RuleInfo.TOKEN_REPLAY, id(token, day)));
      }
    }
    state.setStandingDays(new ArrayList<>(byDay.keySet()));
  }

  private static void note(Map<Integer, List<Fired>> byDay, Fired fired) {
    int day = fired.uses().stream().mapToInt(TokenUse::getDay).max().orElseThrow();
    byDay.computeIfAbsent(day, key -> new ArrayList<>()).add(fired);
  }

  private static String id(String token, int day) {
    return Findings.id(TokenReplay.ID, token, Days.text(day));
  }

  private Detection finding(
      String token, int day, List<Fired> fired, List<TokenUse> uses, boolean overflow) {
    List<Fired> telling =
        fired.stream()
            .sorted(
                Comparator.comparing(Fired::severity)
                    .reversed()
                    .thenComparing(Fired::rank)
                    .thenComparing(f -> f.one().getFirst().getEventAt())
                    .thenComparing(f -> traits(f.one()))
                    .thenComparing(f -> f.other() == null ? "" : traits(f.other())))
            .toList();
    Fired first = telling.get(0);
    Detection detection =
        Findings.start(RuleInfo.TOKEN_REPLAY, id(token, day), first.reason(), first.severity());
    TreeSet<String> prefixes = new TreeSet<>();
    TreeSet<String> addresses = new TreeSet<>();
    TokenUse earliest = null;
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Fired one : telling) {
      for (TokenUse use : one.uses()) {
        if (use.getSpot() != null) {
          prefixes.add(use.getSpot().getPrefix());
          addresses.add(use.getSpot().getAddress());
        }
        start = Math.min(start, use.getFirst().getEventAt());
        end = Math.max(end, use.getLast().getEventAt());
        if (TokenReplay.validated(use)
            && use.getPrincipal() != null
            && (earliest == null || before(use, earliest))) {
          earliest = use;
        }
      }
    }
    boolean full = prefixes.size() > settings.setCap();
    detection.setCount(Math.max(1, Math.min(settings.setCap(), prefixes.size())));
    detection.setOverflow((full || overflow) ? true : null);
    detection.setShadow(settings.token().shadow() ? true : null);
    detection.setStartTime(start);
    detection.setEndTime(end);
    TokenUse stranger = later(first);
    detection.setIp(stranger.getSpot() == null ? null : stranger.getSpot().getAddress());
    Principal principal = earliest == null ? null : named(earliest.getPrincipal(), uses);
    detection.setPrincipal(principal);
    String whose = principal == null ? "an unknown principal" : Findings.name(principal);
    detection.setTitle("Token of %s %s".formatted(whose, titled(first.reason())));
    detection.setDescription(description(token, whose, first));
    detection.getEntities().addAll(Findings.accounts(principal));
    addresses.stream().limit(9).forEach(ip -> detection.getEntities().add(Findings.ip(ip)));
    detection.setEvidence(evidence(telling));
    detection.setGates(gates(token, telling));
    return detection;
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
          .append(at(later))
          .append(", more than ")
          .append(settings.token().expirySkewMinutes())
          .append(" minutes after it expired: the gateway does not check a token's lifetime, or")
          .append(" its clock is wrong.")
          .toString();
    }
    text.append(" was seen in ").append(at(earlier)).append(", and in ").append(at(later));
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

  private static String at(TokenUse use) {
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
    return text.append(" at ").append(Findings.time(use.getFirst().getEventAt())).toString();
  }

  private static String network(Spot spot) {
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

  private static List<Evidence> evidence(List<Fired> telling) {
    TreeMap<String, Evidence> events = new TreeMap<>();
    List<Evidence> ordered = new ArrayList<>();
    for (Fired fired : telling) {
      for (TokenUse use : fired.uses()) {
        for (Cited cited : List.of(use.getFirst(), use.getLast())) {
          String key = cited.getCategory() + "\n" + cited.getEventId();
          if (ordered.size() < Citations.MOST_EVIDENCE && !events.containsKey(key)) {
            Evidence evidence = Citations.evidence(cited, use.getSpot(), mattered(use));
            events.put(key, evidence);
            ordered.add(evidence);
          }
        }
      }
    }
    return ordered;
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
      gates.add(TravelFindings.gate(fired.reason(), "passed", numbers));
    }
    return gates;
  }

  private static TokenUse use(Sighting sighting) {
    Cited cited = Objects.requireNonNull(sighting.getCited());
    return new TokenUse(
        Objects.requireNonNull(sighting.getTokenUse()),
        Days.of(cited.getEventAt()),
        sighting.getOid(),
        sighting.getPrincipal(),
        sighting.getSpot(),
        sighting.getAfterExpiry(),
        cited,
        cited);
  }

  private static boolean alike(TokenUse one, TokenUse other) {
    return one.getKind() == other.getKind()
        && one.getDay() == other.getDay()
        && one.getAfterExpiry() == other.getAfterExpiry()
        && Objects.equals(one.getOid(), other.getOid())
        && alike(one.getSpot(), other.getSpot());
  }

  private static boolean alike(@Nullable Spot one, @Nullable Spot other) {
    if (one == null || other == null) {
      return one == other;
    }
    return one.getPrefix().equals(other.getPrefix())
        && Objects.equals(one.getAsn(), other.getAsn())
        && Objects.equals(one.getNetworkCountry(), other.getNetworkCountry())
        && one.getNetworkClass().equals(other.getNetworkClass());
  }

  /** Returns what makes two uses alike, as text: the network, not the address. */
  static String traits(TokenUse use) {
    Spot spot = use.getSpot();
    return String.join(
        "\n",
        use.getKind().name(),
        String.valueOf(use.getDay()),
        String.valueOf(use.getOid()),
        String.valueOf(use.getAfterExpiry()),
        spot == null ? "" : spot.getPrefix() + " " + network(spot));
  }

  static boolean hasSignIn(TokenState state) {
    return state.getUses().stream().anyMatch(use -> use.getKind() == TokenUseKind.SIGN_IN);
  }

  private static Spot spot(TokenUse use) {
    return Objects.requireNonNull(use.getSpot());
  }
}
