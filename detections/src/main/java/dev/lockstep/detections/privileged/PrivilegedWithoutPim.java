package dev.lockstep.detections.privileged;

import dev.lockstep.enrichment.estate.PrivilegedOperations;
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
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.PimActivation;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.ComparableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code privileged-without-pim}: a privileged operation by a user who neither holds the
 * needed role permanently nor has activated it in Privileged Identity Management.
 */
public final class PrivilegedWithoutPim implements Rule {
  static final String ID = "privileged-without-pim";

  static final String NO_ACTIVATION = "no-activation";

  static final String STANDING_ROLE = "standing-role";
  static final String ACTIVATED = "activated";
  static final String NO_PRINCIPAL = "no-principal";
  static final String NO_SUBJECT = "no-subject";

  private static final String DIRECTORY = "AuditLogs";
  private static final String AZURE = "Administrative";
  static final Field ENTRY = Field.text("entry");
  static final Field NAME = Field.text("operation");
  static final Field AT = Field.instant("at");
  static final Field BEGIN = Field.instant("begin");
  static final Field END = Field.instant("end");
  static final Field ROLES = Field.set("roles");

  /**
   * Kind of fact about a privileged operation by a user. Alike operations in the same millisecond
   * are one fact. The time is a field, so that only some facts are dropped if there are too many
   * alike operations.
   */
  static final FactKind OPERATION =
      FactKind.named("operation", ENTRY, NAME, AT).byPrincipal().minutes().declare();

  /**
   * Kind of fact about an activation of roles for a user, with the begin and end of the activation.
   */
  static final FactKind ACTIVATION = FactKind.named("activation", BEGIN, END, ROLES).declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Privileged operation without PIM")
          .correlates("identity and policy")
          .about(Subject.Kind.PRINCIPAL)
          .keeps(OPERATION, ACTIVATION)
          .reads(DIRECTORY, AZURE)
          .fields(
              "principal.id",
              "principal.type",
              "operation",
              "change.service",
              "change.category",
              "change.result",
              "change.role",
              "change.roleId",
              "change.targets.type",
              "change.targets.id",
              "change.targets.name",
              "change.startsAt",
              "change.endsAt",
              "change.byUser")
          .needs(Need.PRIVILEGED_OPERATIONS)
          .reasons(NO_ACTIVATION)
          .severities(Severity.High)
          .gates(STANDING_ROLE, ACTIVATED)
          .tactics("Persistence", "PrivilegeEscalation")
          .techniques("T1078.004", "T1098.003")
          .reach(3, 1)
          .grace(Duration.ofHours(1))
          .meaning(ID + " 1 with times")
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    if (event.enrichment().estate().privileged().isEmpty()) {
      return;
    }
    PimActivation activation = PimActivation.of(event.activity());
    if (activation != null) {
      observeActivation(activation, facts);
    } else if (PimActivation.isUsersOperation(event.activity())) {
      observeOperation(event, facts);
    }
  }

  private static void observeOperation(Event event, Facts facts) {
    String operation = event.activity().getOperation();
    PrivilegedOperations entry = event.enrichment().estate().privileged(operation);
    Principal user = event.principal();
    if (entry == null) {
      return;
    }
    if (user == null || !PrincipalTypes.isUser(user)) {
      facts.suppressed(NO_PRINCIPAL);
      return;
    }
    facts.counted("operations");
    facts
        .about(new Subject(Subject.Kind.PRINCIPAL, user.getId()), OPERATION)
        .with(ENTRY, entry.name())
        .with(NAME, operation)
        .with(AT, event.at())
        .state();
  }

  private static void observeActivation(PimActivation activation, Facts facts) {
    if (activation.isTooFarAhead()) {
      facts.counted("activationsTooFarAhead");
      return;
    }
    if (activation.users().isEmpty()) {
      facts.suppressed(NO_SUBJECT);
    } else {
      facts.counted("activations");
    }
    for (String user : activation.users()) {
      Facts.Draft draft =
          facts
              .about(new Subject(Subject.Kind.PRINCIPAL, user), ACTIVATION)
              .with(BEGIN, activation.begin())
              .with(END, activation.end())
              .ofNobody()
              .withoutAddress();
      activation.roles().forEach(role -> draft.adding(ROLES, role));
      draft.state();
    }
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    List<Fact> operations = day.today(OPERATION);
    if (operations.isEmpty()) {
      return;
    }
    List<Fact> activations = new ArrayList<>();
    for (int each = INFO.firstDayReadBy(day.day()); each <= INFO.lastDayReadBy(day.day()); each++) {
      activations.addAll(day.on(each, ACTIVATION));
    }
    operations.forEach(operation -> judge(day, operation, activations, verdicts));
  }

  private static void judge(Case day, Fact operation, List<Fact> activations, Verdicts verdicts) {
    String name = Objects.requireNonNull(operation.text(ENTRY));
    PrivilegedOperations entry = day.enrichment().estate().privilegedNamed(name);
    if (entry == null) {
      return; // the estate has changed since
    }
    boolean isStanding = entry.isStanding(day.subject().id());
    Fact cover = isStanding ? null : covering(operation, entry, activations);
    if (isStanding) {
      verdicts.suppressed(STANDING_ROLE, () -> gates(day.subject(), entry, true, null), operation);
    } else if (cover != null) {
      verdicts.suppressed(ACTIVATED, () -> gates(day.subject(), entry, false, cover), operation);
    } else if (day.isGraceOver(operation)) {
      verdicts
          .fires(
              NO_ACTIVATION,
              Severity.High,
              () -> gates(day.subject(), entry, false, null),
              operation)
          .in(name);
    }
  }

  private static @Nullable Fact covering(
      Fact operation, PrivilegedOperations entry, List<Fact> activations) {
    for (Fact activation : activations) {
      List<String> roles = activation.members(ROLES).stream().map(Seen::text).toList();
      if (PimActivation.covers(
              activation.number(BEGIN), activation.number(END), operation.firstAt())
          && PimActivation.isOf(entry, roles)) {
        return activation;
      }
    }
    return null;
  }

  private static List<GateChecked> gates(
      Subject user, PrivilegedOperations entry, boolean isStanding, @Nullable Fact cover) {
    Gates gates =
        new Gates().decides(STANDING_ROLE, isStanding, Gates.SUPPRESSED, "entry", entry.name());
    if (cover != null) {
      gates.decides(
          ACTIVATED,
          true,
          Gates.SUPPRESSED,
          "begin",
          Phrases.time(cover.number(BEGIN)),
          "end",
          Phrases.time(cover.number(END)));
    } else {
      String roles =
          entry.isCoveredByAnyRole()
              ? "any"
              : entry.roles().stream().sorted().collect(Collectors.joining(", "));
      gates.passes(ACTIVATED, "user", user.id(), "needsRole", roles);
    }
    return gates
        .decides(
            NO_ACTIVATION,
            !isStanding && cover == null,
            Gates.FIRES,
            "graceHours",
            INFO.grace().toMinutes() / 60.0)
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact operation = first.fact(0);
    Principal user = finding.principal();
    String who = user == null ? finding.of().subject().id() : Phrases.name(user);
    Set<String> names = new HashSet<>();
    finding.fired().forEach(fired -> names.add(ComparableText.of(fired.fact(0).text(NAME))));
    return Words.of(
        "%s did %s without an active role".formatted(who, operation.text(NAME)),
        "%s did \"%s\"%s (%s) in %s of the day, first at %s. Within an hour after %s operation, Lockstep received no activation in Privileged Identity Management that covers the operation, and the estate lists no standing role for this user."
            .formatted(
                who,
                operation.text(NAME),
                Phrases.more(names.size() - 1, "operation"),
                operation.text(ENTRY),
                Phrases.minutes(finding.counted()),
                Phrases.time(operation.firstAt()),
                finding.fired().size() == 1 ? "the" : "each"));
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact operation = fired.fact(fact);
    return Map.of(
        "entry", Objects.requireNonNull(operation.text(ENTRY)),
        "operation", Objects.requireNonNull(operation.text(NAME)));
  }
}
