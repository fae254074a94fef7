package dev.lockstep.detections.session;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.NetworkVerdict;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.ComparableText;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code session-replay}: two uses of one session from two networks, with signs of two
 * machines.
 */
public final class SessionReplay implements Rule {
  static final String ID = "session-replay";

  static final String UNBOUND = "unbound";
  static final String DEVICE_CHANGED = "device-changed";
  static final String CLIENT_CHANGED = "client-changed";
  static final String HOSTING = "hosting";

  static final String SAME_TOKEN = "same-token";
  static final String ON_BEHALF = "on-behalf-of";
  static final String NO_ADDRESS = "no-address";

  static final long HOUR_MILLIS = 3_600_000L;

  static final Setting MAX_HOURS =
      Setting.integer(
          "maxHours", 24, 1, 24, "Longest time between two uses that are compared, in hours.");

  static final Field IS_SIGN_IN = Field.flag("signIn");
  static final Field TOKEN = Field.text("token");
  static final Field DEVICE = Field.text("device");
  static final Field BINDING = Field.text("binding");
  static final Field APP = Field.text("app");
  static final Field SYSTEM = Field.text("operatingSystem");
  static final Field BROWSER = Field.text("browser");

  /**
   * Kind of fact about the uses of one session on one day that have the same network, device and
   * token. The uses also agree in principal and in the other fields of this kind. The times of the
   * first and the last use are exact.
   */
  static final FactKind USE =
      FactKind.named("use", IS_SIGN_IN, TOKEN, DEVICE, BINDING, APP, SYSTEM, BROWSER)
          .byNetwork()
          .byPrincipal()
          .addresses()
          .runs(any -> Long.MAX_VALUE)
          .declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Session replay")
          .correlates("identity and network")
          .about(Subject.Kind.SESSION)
          .keeps(USE)
          .reads(
              "SignInLogs",
              "NonInteractiveUserSignInLogs",
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
              "device.id",
              "device.operatingSystem",
              "device.browser",
              "token.uti",
              "token.sid",
              "token.appId",
              "token.validated",
              "signIn.sessionBinding",
              "signIn.agentType",
              "signIn.credential.type")
          .needs(Need.NETWORKS, Need.IDENTITY_LINK)
          .reasons(UNBOUND, DEVICE_CHANGED, CLIENT_CHANGED, HOSTING)
          .severities(Severity.High, Severity.Medium)
          .gates(
              ON_BEHALF,
              SAME_TOKEN,
              NetworkVerdict.SAME_NETWORK,
              NetworkVerdict.BACKEND,
              NetworkVerdict.CORPORATE,
              NetworkVerdict.SAME_COUNTRY,
              NetworkVerdict.NO_NETWORK)
          .tactics("CredentialAccess", "LateralMovement")
          .techniques("T1539", "T1550.001", "T1550.004")
          .settings(MAX_HOURS)
          .reach(1, 0)
          .judgesByChange()
          .comparesFacts()
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Principal user = event.principal();
    Token token = event.token();
    String sid = token == null ? null : token.getSid();
    boolean isUse =
        (event.isSignInOfUsers() && event.isSuccessfulSignIn())
            || (token != null && event.isAcceptedCall());
    if (!isUse || user == null || !PrincipalTypes.isUser(user)) {
      return;
    }
    if (token == null || sid == null || sid.isBlank()) {
      facts.counted(event.isSignIn() ? "signInsWithoutSession" : "callsWithoutSession");
      return;
    }
    facts.counted(event.isSignIn() ? "signInsWithSession" : "callsWithSession");
    if (event.isOnBehalf()) {
      facts.suppressed(ON_BEHALF);
    } else if (event.location() == null) {
      facts.suppressed(NO_ADDRESS);
    } else {
      state(event, user, sid, token, facts);
    }
  }

  private static void state(Event event, Principal user, String sid, Token token, Facts facts) {
    Activity activity = event.activity();
    Device device = activity.getDevice();
    SignIn signIn = activity.getSignIn();
    Subject session =
        new Subject(Subject.Kind.SESSION, user.getId() + " " + ComparableText.of(sid));
    Facts.Draft use =
        facts
            .about(session, USE)
            .with(IS_SIGN_IN, event.isSignIn())
            .with(TOKEN, ComparableText.orNull(token.getUti()))
            .with(DEVICE, device == null ? null : ComparableText.orNull(device.getId()));
    if (event.isSignIn()) {
      use.with(BINDING, signIn == null ? null : ComparableText.orNull(signIn.getSessionBinding()))
          .with(APP, ComparableText.orNull(token.getAppId()))
          .with(SYSTEM, device == null ? null : family(device.getOperatingSystem()))
          .with(BROWSER, device == null ? null : family(device.getBrowser()));
    }
    use.state();
  }

  /**
   * Returns the letters of a product's name before its first digit, in lower case. The result is
   * null if there are none.
   */
  static @Nullable String family(@Nullable String product) {
    if (product == null) {
      return null;
    }
    StringBuilder letters = new StringBuilder(product.length());
    for (int i = 0; i < product.length() && !Character.isDigit(product.charAt(i)); i++) {
      if (Character.isLetter(product.charAt(i))) {
        letters.append(product.charAt(i));
      }
    }
    return letters.isEmpty() ? null : letters.toString().toLowerCase(Locale.ROOT);
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    long maxMillis = day.settings().integer(MAX_HOURS) * HOUR_MILLIS;
    boolean explained = verdicts.isExplained();
    day.pairs(
        (one, other) -> {
          UsePair pair = UsePair.of(one, other, maxMillis);
          String reason = pair.isClose() ? pair.reason() : null;
          if (reason == null) {
            if (explained && pair.isClose()) {
              verdicts.passed("one-client", pair, one, other);
            } else if (explained) {
              verdicts.passed(
                  Gates.TIME, () -> Gates.tooFarApart(one, other, maxMillis), one, other);
            }
            return;
          }
          String gate = pair.gate();
          Severity severity = pair.severity();
          if (gate != null) {
            verdicts.suppressed(gate, pair, one, other);
          } else if (severity != null && !verdicts.changesOnlyCounts(reason, severity)) {
            verdicts.fires(reason, severity, pair, pair.later(), pair.earlier()).later(pair);
          }
        });
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact later = first.fact(0);
    Fact earlier = first.fact(1);
    Principal user = finding.principal();
    String who = user == null ? "a user" : Phrases.name(user);
    Location at = later.location();
    UsePair pair = new UsePair(earlier, later, Long.MAX_VALUE);
    String why =
        switch (first.reason()) {
          case UNBOUND ->
              "The session was bound to a device in one of the two sign-ins, and not in the other.";
          case DEVICE_CHANGED ->
              pair.areOfTwoDevices()
                  ? "The two uses are of two devices."
                  : "One of the two sign-ins has a device id, and the other has none.";
          case CLIENT_CHANGED -> "The two sign-ins are of two operating systems or browsers.";
          default ->
              pair.areBothHosting()
                  ? "Both networks belong to data centres."
                  : "One of the two networks belongs to a data centre.";
        };
    return Words.of(
            "Session of %s used on two machines".formatted(who),
            "One session of %s was used from %s at %s and from %s at %s. %s Somebody who copies a user's cookie or refresh token can continue that user's session.%s"
                .formatted(
                    who,
                    from(earlier),
                    Phrases.time(at(first, 1)),
                    from(later),
                    Phrases.time(at(first, 0)),
                    why,
                    pair.isRaised()
                        ? " One level higher, since more than one sign points to a second machine."
                        : ""))
        .at(at == null ? null : at.address().text())
        .of(user);
  }

  /**
   * Returns when the session was used, according to one of a verdict's two facts, in milliseconds
   * since 1970. The result is the time of the fact's first use if the verdict counts that use,
   * otherwise the time of the last use. A verdict counts the uses of one fact that are near enough
   * to the uses of the other fact.
   *
   * @param place index of the fact in the verdict, 0 for the later use and 1 for the earlier one
   */
  private static long at(Fired fired, int place) {
    Fact use = fired.fact(place);
    boolean fits = use.firstAt() >= fired.from(place) && use.firstAt() <= fired.to(place);
    return fits ? use.firstAt() : use.lastAt();
  }

  private static String from(Fact use) {
    Location at = use.location();
    return at == null
        ? "an unknown address"
        : at.address().text() + " (" + at.network().prefix() + ")";
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact use = fired.fact(fact);
    Map<String, String> words = new TreeMap<>();
    words.put("observation", use.is(IS_SIGN_IN) ? "sign-in" : "accepted call");
    for (Field field : new Field[] {DEVICE, BINDING, SYSTEM, BROWSER}) {
      String text = use.text(field);
      if (text != null) {
        words.put(field.name(), text);
      }
    }
    return words;
  }
}
