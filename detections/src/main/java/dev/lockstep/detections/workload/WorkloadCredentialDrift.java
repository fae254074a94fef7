package dev.lockstep.detections.workload;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.text.ComparableText;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code workload-credential-drift}: a workload that signs in with a weaker kind of
 * credential, with a new key, or from a new network class. Of the network classes, only hosting and
 * VPN count.
 */
public final class WorkloadCredentialDrift implements Rule {
  static final String ID = "workload-credential-drift";

  static final String WEAKER = "weaker";
  static final String NEW_KEY = "new-key";
  static final String NEW_NETWORK = "new-network";

  static final String LEARNING = "learning";
  static final String OVERFLOW = "overflow";
  static final String NO_KIND = "no-kind";

  static final int DAYS_BACK = 61;

  static final Setting LEARNING_DAYS =
      Setting.integer(
          "learningDays",
          7,
          1,
          60,
          "Least number of distinct closed days with sign-ins after which a workload counts as"
              + " known.");

  /**
   * Largest number of credential keys that the rule can learn from one day. While the rule looks
   * back on a day with more keys, no key counts as new.
   */
  static final int MOST_KEYS = 256;

  static final Field KIND = Field.text("credential");
  static final Field KEY = Field.text("key");
  static final Field NETWORK_CLASS = Field.text("class");

  static final FactKind SIGN_IN =
      FactKind.named("sign-in", KIND, KEY, NETWORK_CLASS)
          .byPrincipal()
          .minutes()
          .addresses()
          .exactEnd()
          .declare();

  static final Field USED_KIND = Field.text("credential");
  static final Field USED_KEY = Field.text("key");
  static final Field USED_CLASS = Field.text("class");

  /** Kind of fact for the kind of credential that the workload used on a day. */
  static final FactKind KIND_OF_DAY =
      FactKind.named("credential-of-day", USED_KIND).daily().declare();

  /**
   * Kind of fact for the key with which the workload signed in on a day. One key more than a lesson
   * may have is kept, so that the rule notices if there are too many.
   */
  static final FactKind KEY_OF_DAY =
      FactKind.named("key-of-day", USED_KEY).daily().most(MOST_KEYS + 1).declare();

  /** Kind of fact for the class of network from which the workload signed in on a day. */
  static final FactKind CLASS_OF_DAY = FactKind.named("class-of-day", USED_CLASS).daily().declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Workload credential drift")
          .correlates("identity and policy")
          .about(Subject.Kind.PRINCIPAL)
          .keeps(SIGN_IN, KIND_OF_DAY, KEY_OF_DAY, CLASS_OF_DAY)
          .reads("ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs")
          .fields(
              "principal.id",
              "principal.type",
              "address",
              "status",
              "signIn.credential.type",
              "signIn.credential.keyId",
              "signIn.credential.thumbprint",
              "signIn.credential.federatedId")
          .needs(Need.NETWORKS)
          .reasons(WEAKER, NEW_KEY, NEW_NETWORK)
          .severities(Severity.High, Severity.Medium)
          .gates(LEARNING, OVERFLOW)
          .tactics("InitialAccess", "Persistence")
          .techniques("T1078.004", "T1098.001")
          .settings(LEARNING_DAYS)
          .learnsFrom(DAYS_BACK)
          .hasLearnedAfter(settings -> settings.integer(LEARNING_DAYS))
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Principal workload = event.principal();
    String category = event.activity().getCategory();
    boolean isManaged = category.equals("ManagedIdentitySignInLogs");
    if (!event.isSuccessfulSignIn()
        || !(isManaged || category.equals("ServicePrincipalSignInLogs"))
        || workload == null
        || !PrincipalTypes.isWorkload(workload)) {
      return;
    }
    facts.counted("signIns");
    SignIn signIn = event.activity().getSignIn();
    Credential credential = signIn == null ? null : signIn.getCredential();
    CredentialKind kind = CredentialKind.of(isManaged, credential);
    if (kind == CredentialKind.UNKNOWN) {
      facts.suppressed(NO_KIND);
    }
    Location from = event.location();
    boolean hasKey = kind != CredentialKind.MANAGED && kind != CredentialKind.FEDERATED;
    String key =
        credential == null || !hasKey ? null : ComparableText.orNull(credential.getKeyId());
    String networkClass = from == null ? null : from.network().networkClass().word();
    Subject subject = new Subject(Subject.Kind.PRINCIPAL, workload.getId());
    facts
        .about(subject, SIGN_IN)
        .with(KIND, kind.word())
        .with(KEY, key)
        .with(NETWORK_CLASS, networkClass)
        .state();
    facts.about(subject, KIND_OF_DAY).with(USED_KIND, kind.word()).state();
    if (key != null) {
      facts.about(subject, KEY_OF_DAY).with(USED_KEY, key).state();
    }
    if (networkClass != null) {
      facts.about(subject, CLASS_OF_DAY).with(USED_CLASS, networkClass).state();
    }
  }

  @Override
  public void learn(Day day, Lessons lessons) {
    KnownCredentials.teach(day, lessons);
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    KnownCredentials known =
        day.learned()
            .digest(KnownCredentials.class, learned -> KnownCredentials.of(learned, day.day()));
    int needed = day.settings().integer(LEARNING_DAYS);
    for (Fact signIn : day.on(day.day(), SIGN_IN)) {
      if (known.days() < needed) {
        verdicts.suppressed(
            LEARNING,
            () ->
                new Gates()
                    .decides(
                        LEARNING, true, Gates.SUPPRESSED, "days", known.days(), "needs", needed)
                    .list(),
            signIn);
      } else {
        judge(signIn, known, verdicts);
      }
    }
  }

  private static void judge(Fact signIn, KnownCredentials known, Verdicts verdicts) {
    CredentialKind kind = CredentialKind.ofWord(signIn.text(KIND));
    String key = signIn.text(KEY);
    String networkClass = signIn.text(NETWORK_CLASS);
    if (known.isWeaker(kind)) {
      fireNew(WEAKER, kind.word(), Severity.High, signIn, known, verdicts);
      return;
    }
    if (key != null && !known.keys().contains(key)) {
      if (known.keys().isEmpty()) {
        verdicts.suppressed(LEARNING, () -> gates(LEARNING, NEW_KEY, key, known), signIn);
      } else if (known.overflows()) {
        verdicts.suppressed(OVERFLOW, () -> gates(OVERFLOW, NEW_KEY, key, known), signIn);
      } else {
        fireNew(NEW_KEY, key, Severity.Medium, signIn, known, verdicts);
        return;
      }
    }
    if (networkClass != null
        && (networkClass.equals(NetworkClass.HOSTING.word())
            || networkClass.equals(NetworkClass.VPN.word()))
        && !known.classes().contains(networkClass)) {
      fireNew(NEW_NETWORK, networkClass, Severity.Medium, signIn, known, verdicts);
    }
  }

  private static void fireNew(
      String reason,
      String what,
      Severity severity,
      Fact signIn,
      KnownCredentials known,
      Verdicts verdicts) {
    verdicts
        .fires(reason, severity, () -> gates(null, reason, what, known), signIn)
        .in(reason, what);
  }

  private static List<GateChecked> gates(
      @Nullable String deciding, String reason, String what, KnownCredentials known) {
    return new Gates()
        .decides(LEARNING, LEARNING.equals(deciding), Gates.SUPPRESSED, "days", known.days())
        .decides(OVERFLOW, OVERFLOW.equals(deciding), Gates.SUPPRESSED)
        .decides(reason, true, Gates.FIRES, "new", what, "known", known.shown())
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact signIn = first.fact(0);
    Principal workload = finding.principal();
    String who = workload == null ? finding.of().subject().id() : Phrases.name(workload);
    String how =
        switch (first.reason()) {
          case WEAKER -> "with %s".formatted(CredentialKind.ofWord(signIn.text(KIND)).described());
          case NEW_KEY -> "with the key %s".formatted(signIn.text(KEY));
          default -> "from a network of class %s".formatted(signIn.text(NETWORK_CLASS));
        };
    String before =
        switch (first.reason()) {
          case WEAKER -> "all known kinds of credential that the workload used were stronger";
          case NEW_KEY -> "it did not use this key";
          default -> "it came from no network of this class";
        };
    Location from = signIn.location();
    return Words.of(
            switch (first.reason()) {
              case WEAKER -> "Workload %s uses a weaker credential".formatted(who);
              case NEW_KEY -> "Workload %s uses a new key".formatted(who);
              default -> "Workload %s signs in from a new class of network".formatted(who);
            },
            "The workload %s signed in %s, in %s of the day, first at %s%s. From 61 to 2 days before, %s. Somebody may have added a credential to it, or may hold one of its secrets."
                .formatted(
                    who,
                    how,
                    Phrases.minutes(finding.counted()),
                    Phrases.time(signIn.firstAt()),
                    from == null ? "" : " from " + from.address().text(),
                    before))
        .at(from == null ? null : from.address().text());
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact signIn = fired.fact(fact);
    Map<String, String> words = new TreeMap<>();
    words.put("credential", Objects.requireNonNull(signIn.text(KIND)));
    for (Field field : new Field[] {KEY, NETWORK_CLASS}) {
      String text = signIn.text(field);
      if (text != null) {
        words.put(field.name(), text);
      }
    }
    return words;
  }
}
