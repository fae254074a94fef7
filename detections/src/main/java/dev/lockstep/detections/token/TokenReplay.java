package dev.lockstep.detections.token;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventOrder;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Token;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code token-replay}: one token used in two networks, by two principals, or after its
 * expiry.
 */
public final class TokenReplay implements Rule {
  static final String ID = "token-replay";

  static final String WRONG_PRINCIPAL = "wrong-principal";
  static final String TWO_NETWORKS = "two-networks";
  static final String AFTER_EXPIRY = "after-expiry";
  static final String ATTEMPT = "attempt";
  static final String ON_BEHALF = "on-behalf-of";
  static final String UNMATCHED = "unmatched-token";

  static final Setting MAX_HOURS =
      Setting.integer(
          "maxHours", 48, 24, 48, "Longest time between two uses that are compared, in hours.");
  static final Setting EXPIRY_SKEW_MINUTES =
      Setting.integer(
          "expirySkewMinutes",
          5,
          0,
          1_440,
          "How long after its expiry a token may still be accepted, in minutes.");

  static final Field USE = Field.text("use");
  static final Field OID = Field.text("oid");
  static final Field IS_AFTER_EXPIRY = Field.flag("afterExpiry");
  static final Field IS_ON_BEHALF = Field.flag("onBehalf");

  static final String SIGN_IN = "sign-in";

  static final String ACCEPTED = "accepted";

  /**
   * Value of the field {@link #USE} for a call with validated claims that was refused with 401 or
   * 403.
   */
  static final String REFUSED = "refused";

  /**
   * Value of the field {@link #USE} for a call with validated claims that was neither accepted nor
   * refused with 401 or 403. The object id of such a call is compared, its network is not.
   */
  static final String IGNORED = "ignored";

  /**
   * Value of the field {@link #USE} for a call refused with 401 or 403 whose claims were not
   * validated.
   */
  static final String CLAIMED = "claimed";

  static final FactKind TOKEN_USE =
      FactKind.named("use", USE, OID, IS_AFTER_EXPIRY, IS_ON_BEHALF)
          .byNetwork()
          .byPrincipal()
          .retractableWith(USE, CLAIMED)
          .judgedEnd()
          .declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Token replay")
          .correlates("identity and policy")
          .about(Subject.Kind.TOKEN)
          .keeps(TOKEN_USE)
          .reads(
              "SignInLogs",
              "NonInteractiveUserSignInLogs",
              "ServicePrincipalSignInLogs",
              "ManagedIdentitySignInLogs",
              "MicrosoftServicePrincipalSignInLogs",
              "GatewayLogs",
              "MicrosoftGraphActivityLogs")
          .fields(
              "principal.id",
              "principal.type",
              "address",
              "socketAddress",
              "forwardedFor",
              "status",
              "geo.country",
              "geo.asn",
              "token.uti",
              "token.oid",
              "token.expiresAt",
              "token.validated",
              "token.delegation.clientAuth",
              "token.delegation.actorFacets",
              "token.delegation.subjectFacets",
              "signIn.agentType",
              "signIn.credential.type")
          .needs(Need.NETWORKS, Need.IDENTITY_LINK)
          .reasons(WRONG_PRINCIPAL, TWO_NETWORKS, AFTER_EXPIRY, ATTEMPT)
          .severities(Severity.High, Severity.Medium, Severity.Low)
          .gates(
              ON_BEHALF,
              NetworkVerdict.SAME_NETWORK,
              NetworkVerdict.BACKEND,
              NetworkVerdict.CORPORATE,
              NetworkVerdict.SAME_COUNTRY,
              NetworkVerdict.NO_NETWORK,
              UNMATCHED)
          .tactics("CredentialAccess", "DefenseEvasion", "LateralMovement")
          .techniques("T1528", "T1550.001")
          .settings(MAX_HOURS, EXPIRY_SKEW_MINUTES)
          .reach(2, 0)
          .grace(Duration.ofHours(1))
          .judgesByChange()
          .judgesFirstCopyAlone()
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (event.isSignIn()) {
      observeSignIn(event, facts);
    } else if (event.isCall()) {
      observeCall(event, facts);
    }
  }

  private static void observeSignIn(Event event, Facts facts) {
    if (!event.isSuccessfulSignIn()) {
      facts.counted("signInsFailed");
      return;
    }
    Token token = event.activity().getToken();
    String uti = utiOf(token);
    if (token == null || uti == null) {
      facts.counted("signInsWithoutToken");
      return;
    }
    facts.counted("signInsWithToken");
    use(facts, uti, SIGN_IN)
        .with(OID, token.getOid())
        .with(IS_ON_BEHALF, event.isOnBehalf())
        .state();
  }

  private static void observeCall(Event event, Facts facts) {
    Token token = event.activity().getToken();
    String uti = utiOf(token);
    if (token == null || uti == null) {
      if (!event.isRevised()) {
        facts.counted("callsWithoutToken");
      }
      return;
    }
    boolean validated = token.getValidated();
    facts.counted(
        !validated
            ? "callsWithUnvalidatedToken"
            : event.isRevised() ? "callsLinkedByMessage" : "callsWithToken");
    if (event.location() == null) {
      facts.suppressed(TokenUsePair.NO_ADDRESS);
    }
    int status = event.activity().getStatus();
    boolean refused = status == 401 || status == 403;
    if (!validated) {
      if (refused) {
        use(facts, uti, CLAIMED).rank(2).ofNobody().state();
      }
    } else if (event.isAcceptedCall()) {
      use(facts, uti, ACCEPTED)
          .with(OID, token.getOid())
          .with(IS_AFTER_EXPIRY, isAfterExpiry(event.at(), token.getExpiresAt(), facts.settings()))
          .with(IS_ON_BEHALF, event.isOnBehalf())
          .state();
    } else {
      use(facts, uti, refused ? REFUSED : IGNORED)
          .with(OID, token.getOid())
          .with(IS_ON_BEHALF, refused && event.isOnBehalf())
          .rank(1)
          .state();
    }
  }

  /**
   * Returns the draft of a fact about a use of a token; the caller completes the draft. Anybody who
   * knows a token's id can send it in unvalidated claims from many networks. Such claims must not
   * displace the facts of real users. So if there are too many facts, those of unvalidated claims
   * are dropped first, and those of sign-ins and accepted calls last.
   */
  private static Facts.Draft use(Facts facts, String uti, String use) {
    return facts.about(new Subject(Subject.Kind.TOKEN, uti), TOKEN_USE).with(USE, use);
  }

  private static @Nullable String utiOf(@Nullable Token token) {
    return token == null || token.getUti() == null || token.getUti().isEmpty()
        ? null
        : token.getUti();
  }

  private static boolean isAfterExpiry(long at, @Nullable Long expiresAt, Settings settings) {
    return expiresAt != null && at > expiresAt + settings.integer(EXPIRY_SKEW_MINUTES) * 60_000L;
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    Fact changed = day.changed();
    for (Fact use : changed == null ? day.today() : List.of(changed)) {
      if (use.day() == day.day()) {
        judgeAlone(day, use, verdicts);
      }
    }
    long maxMillis = day.settings().integer(MAX_HOURS) * 3_600_000L;
    boolean explained = verdicts.isExplained();
    boolean principalsChangeNothing = verdicts.changesOnlyCounts(WRONG_PRINCIPAL, Severity.High);
    boolean networksChangeNothing =
        !explained && verdicts.changesOnlyCounts(TWO_NETWORKS, Severity.High);
    if (principalsChangeNothing && networksChangeNothing) {
      return;
    }
    day.pairs(
        (one, other) -> {
          boolean close = one.isWithin(maxMillis, other);
          if (close && !principalsChangeNothing && TokenUsePair.isOfTwoPrincipals(one, other)) {
            fires(day, WRONG_PRINCIPAL, Severity.High, one, other, verdicts);
          }
          if (!networksChangeNothing) {
            compare(day, one, other, close, verdicts, explained);
          }
        });
  }

  private static void judgeAlone(Case day, Fact use, Verdicts verdicts) {
    if (use.is(IS_AFTER_EXPIRY)) {
      TokenUsePair alone = new TokenUsePair(day, use);
      verdicts.fires(AFTER_EXPIRY, Severity.High, alone, use).later(alone);
    }
    if (isUnmatched(day, use)) {
      verdicts.suppressed(
          UNMATCHED,
          () ->
              new Gates()
                  .decides(UNMATCHED, true, Gates.SUPPRESSED, "token", day.subject().id())
                  .list(),
          use);
    }
  }

  private static boolean isUnmatched(Case day, Fact use) {
    if (!isPresented(use)) {
      return false;
    }
    for (int each = INFO.firstDayReadBy(day.day()); each <= day.day(); each++) {
      for (Fact other : day.on(each)) {
        if (SIGN_IN.equals(other.text(USE))
            || (other != use
                && isPresented(other)
                && EventOrder.earlier(other.first(), use.first()) == other.first())) {
          return false;
        }
      }
    }
    return day.isGraceOver(use); // asked last, because the engine judges again for an answer
  }

  private static boolean isPresented(Fact use) {
    return TokenUsePair.isValidated(use) && !SIGN_IN.equals(use.text(USE));
  }

  private static void compare(
      Case day, Fact one, Fact other, boolean close, Verdicts verdicts, boolean explained) {
    Location here = one.location();
    Location there = other.location();
    String reason =
        close && here != null && there != null ? TokenUsePair.comparedFor(one, other) : null;
    if (reason == null || here == null || there == null) {
      if (explained) {
        TokenUsePair pair = new TokenUsePair(day, one, other);
        verdicts.passed(TokenUsePair.whyNotCompared(one, other, close), pair, one, other);
      }
      return;
    }
    if (TokenUsePair.isOnBehalf(one, other)) {
      verdicts.suppressed(ON_BEHALF, new TokenUsePair(day, one, other), one, other);
      return;
    }
    NetworkVerdict verdict = NetworkVerdict.of(here.network(), there.network());
    String gate = verdict.gate();
    Severity byNetworks = verdict.severity();
    if (gate != null) {
      verdicts.suppressed(gate, new TokenUsePair(day, one, other), one, other);
    } else if (byNetworks != null) {
      Severity severity = reason.equals(ATTEMPT) ? Severity.Low : byNetworks;
      if (!verdicts.changesOnlyCounts(reason, severity)) {
        fires(day, reason, severity, one, other, verdicts);
      }
    }
  }

  private static void fires(
      Case day, String reason, Severity severity, Fact one, Fact other, Verdicts verdicts) {
    TokenUsePair pair = new TokenUsePair(day, one, other);
    Fact earlier = pair.earlier();
    if (earlier != null) {
      verdicts.fires(reason, severity, pair, pair.later(), earlier).later(pair);
    }
  }

  @Override
  public Words tell(Finding finding) {
    return TokenWords.of(finding);
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    return TokenWords.mattered(fired.fact(fact));
  }
}
