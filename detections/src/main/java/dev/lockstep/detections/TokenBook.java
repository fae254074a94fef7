package dev.lockstep.detections;

import dev.lockstep.detections.TokenFindings.Fired;
import dev.lockstep.detections.TokenReplay.NetworkVerdict;
import dev.lockstep.schemas.AddressUsed;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sighting;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingReplay;
import dev.lockstep.schemas.TokenState;
import dev.lockstep.schemas.TokenUse;
import dev.lockstep.schemas.TokenUseKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@code token-replay} keeps of a token, and what becomes of it with one more sighting. */
final class TokenBook {
  private final RuleSettings settings;
  private final TokenReplay rule;
  private final TokenFindings findings;

  TokenBook(RuleSettings settings) {
    this(settings, Expected.NOTHING);
  }

  TokenBook(RuleSettings settings, Expected expected) {
    this.settings = settings;
    this.rule = new TokenReplay(settings.token());
    this.findings = new TokenFindings(settings, expected);
  }

  static TokenState empty() {
    return new TokenState(new ArrayList<>(2), new ArrayList<>(0), false, null, false);
  }

  /**
   * Notes a sighting and gives out every finding of the token that stands, or does not stand any
   * more. Returns whether the state changed.
   */
  boolean observe(Sighting sighting, TokenState state, Tally tally, Consumer<Contribution> out) {
    TokenUse use = use(sighting);
    String token = sighting.getSubject();
    if (state.getCeiling() != null && order(use) >= state.getCeiling()) {
      return judge(token, state, use, out); // not kept: compared once, with what is
    }
    List<TokenUse> uses = state.getUses();
    TokenUse kept = null;
    boolean moved = false;
    for (TokenUse before : uses) {
      if (alike(before, use)) {
        Cited first = Citations.earlier(before.getFirst(), use.getFirst());
        Cited last = Citations.lastMinute(before.getLast(), use.getLast());
        int addresses = before.getAddresses().size();
        moved =
            addAddresses(before, use.getAddresses())
                || !first.equals(before.getFirst())
                || !last.equals(before.getLast());
        before.setFirst(first);
        before.setLast(last);
        if (before.getAddresses().size() > addresses) {
          tallyAlike(before, addresses, tally);
        }
        kept = before;
        break;
      }
    }
    if (kept == null) {
      kept = use;
      moved = true;
      uses.add(use);
    }
    if (!moved) {
      return false;
    }
    boolean tooMany = uses.size() > settings.setCap();
    if (tooMany) {
      state.setOverflow(true);
    }
    tallyQuiet(kept, uses, tally);
    if (state.getCeiling() != null) {
      judge(token, state, kept, out);
    } else if (uses.size() > 1 || kept.getAfterExpiry()) {
      judge(token, state, out); // once more where a use goes for the first time: so all say so
    }
    if (tooMany) {
      state.setCeiling(Findings.letLastGo(uses, TokenBook::order));
    }
    return true;
  }

  /** Returns what orders uses: the smaller are kept. */
  private static long order(TokenUse use) {
    return ((long) dispensable(use) << 61) | (Findings.memberHash(traits(use)) >>> 3);
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

  /** Counts the pairs that a new address of alike uses makes with those that were there. */
  private static void tallyAlike(TokenUse use, int others, Tally tally) {
    for (int i = 0; i < others && TokenReplay.accepted(use); i++) {
      tally.gate(TokenReplay.ID, "same-network");
    }
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

  /** Judges all days of a token, of which everything is kept. */
  private void judge(String token, TokenState state, Consumer<Contribution> out) {
    TreeMap<Integer, List<Fired>> byDay = new TreeMap<>();
    List<TokenUse> uses = state.getUses();
    for (int i = 0; i < uses.size(); i++) {
      judge(uses.get(i), uses.subList(0, i), byDay);
    }
    List<StandingReplay> standing = new ArrayList<>(byDay.size());
    byDay.forEach(
        (day, fired) -> {
          Contribution said = findings.finding(token, day, fired, uses, state.getOverflow(), null);
          out.accept(said);
          standing.add(standing(day, said));
        });
    for (StandingReplay stood : state.getStanding()) {
      if (!byDay.containsKey(stood.getDay())) {
        out.accept(
            Findings.withdrawal(RuleInfo.TOKEN_REPLAY, TokenFindings.id(token, stood.getDay())));
      }
    }
    state.setStanding(standing);
  }

  /**
   * Judges one use of a token of which not everything is kept; returns whether it told anything
   * new. What was said of a day stays as it was, unless this use raises it.
   */
  private boolean judge(
      String token, TokenState state, TokenUse moved, Consumer<Contribution> out) {
    TreeMap<Integer, List<Fired>> byDay = new TreeMap<>();
    judge(moved, state.getUses(), byDay);
    boolean told = false;
    for (Map.Entry<Integer, List<Fired>> entry : byDay.entrySet()) {
      int day = entry.getKey();
      StandingReplay stood =
          state.getStanding().stream().filter(one -> one.getDay() == day).findAny().orElse(null);
      if (stood != null
          && entry.getValue().stream().noneMatch(fired -> TokenFindings.raises(fired, stood))) {
        continue;
      }
      Contribution said =
          findings.finding(token, day, entry.getValue(), state.getUses(), true, stood);
      out.accept(said);
      List<StandingReplay> standing = new ArrayList<>(state.getStanding());
      standing.remove(stood);
      standing.add(standing(day, said));
      state.setStanding(standing);
      told = true;
    }
    return told;
  }

  private static StandingReplay standing(int day, Contribution contribution) {
    Detection said = Objects.requireNonNull(contribution.getDetection());
    return new StandingReplay(day, said.getReason(), said.getSeverity(), said.getCount());
  }

  /** Notes what a use fires for by itself, and with others. */
  private void judge(TokenUse use, List<TokenUse> others, Map<Integer, List<Fired>> byDay) {
    if (use.getAfterExpiry()) {
      note(byDay, new Fired(TokenReplay.AFTER_EXPIRY, Severity.High, use, null, "past its life"));
    }
    for (TokenUse other : others) {
      if (other == use) {
        continue;
      }
      if (rule.wrongPrincipal(use, other)) {
        note(
            byDay,
            new Fired(TokenReplay.WRONG_PRINCIPAL, Severity.High, use, other, "two principals"));
      }
      String reason = rule.comparedFor(use, other);
      if (reason != null) {
        NetworkVerdict verdict = TokenReplay.byNetworks(spot(use), spot(other));
        if (verdict.severity() != null) {
          note(
              byDay,
              new Fired(reason, severity(reason, verdict.severity()), use, other, verdict.line()));
        }
      }
    }
  }

  /** Returns with which severity two uses fire for a reason, whose networks have one. */
  static Severity severity(String reason, Severity byNetworks) {
    return reason.equals(TokenReplay.ATTEMPT) ? Severity.Low : byNetworks;
  }

  private static void note(Map<Integer, List<Fired>> byDay, Fired fired) {
    int day = fired.uses().stream().mapToInt(TokenUse::getDay).max().orElseThrow();
    byDay.computeIfAbsent(day, key -> new ArrayList<>()).add(fired);
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
        addresses(sighting.getSpot(), Days.minuteOfDay(cited.getEventAt())),
        cited,
        cited);
  }

  private static List<AddressUsed> addresses(@Nullable Spot spot, int minute) {
    return spot == null ? List.of() : List.of(new AddressUsed(spot.getAddress(), minute, minute));
  }

  /** Notes when addresses of the network were used; returns whether something of it is new. */
  private boolean addAddresses(TokenUse use, List<AddressUsed> more) {
    TreeMap<String, AddressUsed> kept = new TreeMap<>();
    use.getAddresses().forEach(used -> kept.put(used.getAddress(), used));
    for (AddressUsed used : more) {
      kept.merge(
          used.getAddress(),
          used,
          (one, other) ->
              new AddressUsed(
                  one.getAddress(),
                  Math.min(one.getFirstMinute(), other.getFirstMinute()),
                  Math.max(one.getLastMinute(), other.getLastMinute())));
    }
    if (kept.size() > settings.setCap()) {
      kept.remove(Collections.max(kept.keySet(), Comparator.comparingLong(Findings::memberHash)));
    }
    List<AddressUsed> addresses = List.copyOf(kept.values());
    if (addresses.equals(use.getAddresses())) {
      return false;
    }
    use.setAddresses(addresses);
    return true;
  }

  private static boolean alike(TokenUse one, TokenUse other) {
    return one.getKind() == other.getKind()
        && one.getDay() == other.getDay()
        && one.getAfterExpiry() == other.getAfterExpiry()
        && Objects.equals(one.getOid(), other.getOid())
        && principal(one).equals(principal(other))
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
        principal(use),
        String.valueOf(use.getAfterExpiry()),
        spot == null ? "" : spot.getPrefix() + " " + TokenFindings.network(spot));
  }

  /**
   * Returns the id of whose use it is: claims without an object id leave it to the subscription.
   */
  private static String principal(TokenUse use) {
    return use.getPrincipal() == null ? "" : use.getPrincipal().getId();
  }

  static boolean hasSignIn(TokenState state) {
    return state.getUses().stream().anyMatch(use -> use.getKind() == TokenUseKind.SIGN_IN);
  }

  /** Returns whether a call presented the token, as its validated claims say. */
  static boolean isPresented(TokenState state) {
    return state.getUses().stream()
        .anyMatch(use -> use.getKind() != TokenUseKind.SIGN_IN && TokenReplay.validated(use));
  }

  private static Spot spot(TokenUse use) {
    return Objects.requireNonNull(use.getSpot());
  }
}
