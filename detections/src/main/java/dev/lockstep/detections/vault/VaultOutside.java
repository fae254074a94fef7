package dev.lockstep.detections.vault;

import dev.lockstep.enrichment.estate.Vault;
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
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.ComparableText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code vault-outside}: calls to key vaults that the estate marks as private, from public
 * addresses or by new principals.
 */
public final class VaultOutside implements Rule {
  static final String ID = "vault-outside";

  static final String PUBLIC_ADDRESS = "public-address";
  static final String NEW_PRINCIPAL = "new-principal";

  static final String CORPORATE = "corporate-egress";
  static final String BACKEND = "backend";
  static final String TRUSTED_PROXY = "trusted-proxy";
  static final String LEARNING = "learning";
  static final String OVERFLOW = "overflow";
  static final String NO_PRINCIPAL = "no-principal";

  static final int DAYS_BACK = 61;

  private static final int FORBIDDEN = 403;

  static final Setting LEARNING_DAYS =
      Setting.integer(
          "learningDays",
          14,
          1,
          60,
          "Number of days that are searched for earlier calls of a principal: the latest closed"
              + " days with accepted calls.");

  static final Field VAULT = Field.text("vault");
  static final Field IS_ACCEPTED = Field.flag("accepted");

  /**
   * Kind of fact about calls to one vault from public addresses of one network. The subject is the
   * vault's name with the prefix of the network.
   */
  static final FactKind FROM_OUTSIDE =
      FactKind.named("from-outside", VAULT, IS_ACCEPTED)
          .byNetwork()
          .minutes()
          .addresses()
          .exactEnd()
          .declare();

  static final FactKind ACCEPTED =
      FactKind.named("accepted").byPrincipal().minutes().addresses().exactEnd().declare();

  /**
   * Kind of fact about a vault: calls without a principal that the vault accepted on one UTC day.
   * The kind is separate from {@link #ACCEPTED}, so that such calls do not use up the limit on
   * facts with a principal.
   */
  static final FactKind NAMELESS = FactKind.named("accepted-without-name").daily().declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Key vault from outside")
          .correlates("network and policy")
          .about(Subject.Kind.RESOURCE)
          .keeps(FROM_OUTSIDE, ACCEPTED, NAMELESS)
          .reads("AuditEvent")
          .fields("resource", "operation", "status", "address", "principal.id", "principal.type")
          .needs(Need.PRIVATE_VAULTS, Need.NETWORKS)
          .reasons(PUBLIC_ADDRESS, NEW_PRINCIPAL)
          .severities(Severity.High, Severity.Medium, Severity.Low)
          .gates(CORPORATE, BACKEND, TRUSTED_PROXY, LEARNING, OVERFLOW)
          .tactics("CredentialAccess")
          .techniques("T1555.006")
          .settings(LEARNING_DAYS)
          .learnsFrom(DAYS_BACK)
          .hasLearnedAfter(settings -> settings.integer(LEARNING_DAYS))
          .meaning(ID + " 1 with nameless calls apart")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Activity call = event.activity();
    if (call.getKind() != ActivityKind.VAULT_CALL) {
      return;
    }
    Vault vault = event.enrichment().estate().vault(call.getResource());
    if (vault == null || !vault.isPrivate() || isOfTheVaultItself(call.getOperation())) {
      return;
    }
    int status = call.getStatus();
    boolean isAccepted =
        status >= 0 && status != 401 && status != FORBIDDEN && status != 407 && status != 429;
    if (isAccepted || status == FORBIDDEN) {
      facts.counted("callsOfPrivateVaults");
      Location from = event.location();
      if (from != null && !from.address().isPrivate()) {
        facts
            .about(
                new Subject(Subject.Kind.RESOURCE, vault.name() + " " + from.network().prefix()),
                FROM_OUTSIDE)
            .with(VAULT, vault.name())
            .with(IS_ACCEPTED, isAccepted)
            .ofNobody()
            .state();
      }
    }
    if (isAccepted) {
      Subject subject = new Subject(Subject.Kind.RESOURCE, vault.name());
      if (event.principal() == null) {
        facts.suppressed(NO_PRINCIPAL);
        // The day counts all the same among those on which principals are looked for.
        facts.about(subject, NAMELESS).withoutAddress().state();
      } else {
        facts.about(subject, ACCEPTED).state();
      }
    }
  }

  private static boolean isOfTheVaultItself(@Nullable String operation) {
    String name = ComparableText.of(operation);
    return name.startsWith("vault") || name.startsWith("authentication");
  }

  @Override
  public void learn(Day day, Lessons lessons) {
    for (Fact fact : day.facts(ACCEPTED)) {
      lessons.teach(KnownPrincipals.trait(principalOf(fact).getId()));
    }
    if (!day.facts(NAMELESS).isEmpty()) {
      lessons.teach(KnownPrincipals.NOBODY);
    }
    if (day.overflows()) {
      lessons.teach(KnownPrincipals.OVERFLOW);
    }
  }

  private static Principal principalOf(Fact fact) {
    return Objects.requireNonNull(fact.principal());
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    for (Fact fact : day.today(FROM_OUTSIDE)) {
      judgeAddress(fact, verdicts);
    }
    for (Fact fact : day.today(ACCEPTED)) {
      judgePrincipal(day, fact, verdicts);
    }
  }

  private static void judgeAddress(Fact calls, Verdicts verdicts) {
    String gate =
        switch (classOf(calls)) {
          case CORPORATE -> CORPORATE;
          case BACKEND -> BACKEND;
          case TRUSTED_PROXY -> TRUSTED_PROXY;
          default -> null;
        };
    if (gate != null) {
      verdicts.suppressed(gate, () -> gatesOfAddress(calls), calls);
    } else {
      verdicts.fires(
          PUBLIC_ADDRESS,
          calls.is(IS_ACCEPTED) ? Severity.High : Severity.Low,
          () -> gatesOfAddress(calls),
          calls);
    }
  }

  private static NetworkClass classOf(Fact calls) {
    return Objects.requireNonNull(calls.location()).network().networkClass();
  }

  private static List<GateChecked> gatesOfAddress(Fact calls) {
    NetworkClass networkClass = classOf(calls);
    return new Gates()
        .decides(CORPORATE, networkClass == NetworkClass.CORPORATE, Gates.SUPPRESSED)
        .decides(BACKEND, networkClass == NetworkClass.BACKEND, Gates.SUPPRESSED)
        .decides(TRUSTED_PROXY, networkClass == NetworkClass.TRUSTED_PROXY, Gates.SUPPRESSED)
        .decides(PUBLIC_ADDRESS, true, Gates.FIRES, "accepted", calls.is(IS_ACCEPTED))
        .list();
  }

  private static void judgePrincipal(Case day, Fact calls, Verdicts verdicts) {
    int needed = day.settings().integer(LEARNING_DAYS);
    KnownPrincipals known =
        day.learned()
            .digest(
                KnownPrincipals.class, learned -> KnownPrincipals.of(learned, day.day(), needed));
    String principal = principalOf(calls).getId();
    String gate =
        known.days() < needed
            ? LEARNING
            : known.knows(principal) ? null : known.overflows() ? OVERFLOW : NEW_PRINCIPAL;
    if (gate == null) {
      if (verdicts.isExplained()) {
        verdicts.passed("known-principal", () -> gatesOfPrincipal(known, needed, null), calls);
      }
    } else if (gate.equals(NEW_PRINCIPAL)) {
      verdicts
          .fires(
              NEW_PRINCIPAL,
              Severity.Medium,
              () -> gatesOfPrincipal(known, needed, NEW_PRINCIPAL),
              calls)
          .in(principal);
    } else {
      verdicts.suppressed(gate, () -> gatesOfPrincipal(known, needed, gate), calls);
    }
  }

  private static List<GateChecked> gatesOfPrincipal(
      KnownPrincipals known, int needed, @Nullable String deciding) {
    return new Gates()
        .decides(
            LEARNING,
            LEARNING.equals(deciding),
            Gates.SUPPRESSED,
            "days",
            known.days(),
            "needs",
            needed)
        .decides("known-principal", deciding == null, Gates.SUPPRESSED)
        .decides(OVERFLOW, OVERFLOW.equals(deciding), Gates.SUPPRESSED)
        .decides(NEW_PRINCIPAL, NEW_PRINCIPAL.equals(deciding), Gates.FIRES)
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact calls = first.fact(0);
    String minutes = Phrases.minutes(finding.counted());
    String when = Phrases.time(finding.firstAt());
    if (PUBLIC_ADDRESS.equals(first.reason())) {
      String vault = calls.text(VAULT);
      Location at = Objects.requireNonNull(calls.location());
      List<Seen> addresses = calls.addresses();
      String address = addresses.isEmpty() ? at.address().text() : addresses.get(0).text();
      Set<String> all = new HashSet<>();
      finding
          .fired()
          .forEach(fired -> fired.fact(0).addresses().forEach(one -> all.add(one.text())));
      return Words.of(
              "Private vault %s called from a public address".formatted(vault),
              "The vault %s, which is to be reached by private endpoints only, was called from %s%s (%s) in %s of the day, first at %s. The vault %s the calls."
                  .formatted(
                      vault,
                      address,
                      Phrases.more(all.size() - 1, "address"),
                      at.network().prefix(),
                      minutes,
                      when,
                      !calls.is(IS_ACCEPTED)
                          ? "refused"
                          : isAnyRefused(finding) ? "answered some of" : "answered"))
          .at(address);
    }
    String vault = finding.of().subject().id();
    Principal principal = principalOf(calls);
    String who = Phrases.name(principal);
    return Words.of(
            "Private vault %s used by a new principal, %s".formatted(vault, who),
            "%s called the vault %s in %s of the day, first at %s, and was answered. The principal was not among the callers on the latest days with accepted calls of the vault (number of days: %d; the last one at least two days before)."
                .formatted(
                    who, vault, minutes, when, finding.of().settings().integer(LEARNING_DAYS)))
        .of(principal);
  }

  private static boolean isAnyRefused(Finding finding) {
    return finding.fired().stream().anyMatch(fired -> !fired.fact(0).is(IS_ACCEPTED));
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact calls = fired.fact(fact);
    return calls.kind() == ACCEPTED
        ? Map.of("observation", "accepted call")
        : Map.of("observation", calls.is(IS_ACCEPTED) ? "accepted call" : "refused call");
  }
}
