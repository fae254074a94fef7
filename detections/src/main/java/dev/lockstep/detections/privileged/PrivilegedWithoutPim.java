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
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Seen;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rule {@code privileged-without-pim}: a privileged operation of a user who neither holds the role
 * nor has activated it in Privileged Identity Management.
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
  private static final String PIM = "pim";
  private static final String AZURE_RBAC = "azurerbac";
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  /** Time before and after an activation in which it covers, for clocks that differ. */
  private static final long SKEW_MILLIS = 5 * MINUTE_MILLIS;

  /** Length of an activation that says nothing of its end. */
  private static final long USUAL_MILLIS = 8 * HOUR_MILLIS;

  /** Most time that an activation lasts, and most time that it begins after its record. */
  private static final long MOST_MILLIS = 24 * HOUR_MILLIS;

  static final Field ENTRY = Field.text("entry");
  static final Field NAME = Field.text("operation");
  static final Field BEGIN = Field.number("begin");
  static final Field END = Field.number("end");
  static final Field ROLES = Field.set("roles");

  /** Privileged operation; those of one moment are one. */
  static final FactKind OPERATION =
      FactKind.named("operation", ENTRY, NAME).byPrincipal().minutes().runs(any -> 0).declare();

  /** Activation of a role for the user. */
  static final FactKind ACTIVATION = FactKind.named("activation", BEGIN, END, ROLES).declare();

  private static final RuleInfo INFO =
      RuleInfo.of(ID, 1, "Privileged operation without PIM")
          .outOfStep("identity and policy")
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
          .keptFor(6)
          .grace(Duration.ofHours(1))
          .done();

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void observe(Event event, Facts facts) {
    Activity activity = event.activity();
    Change change = activity.getChange();
    if (activity.getKind() != ActivityKind.AUDIT
        || change == null
        || event.enrichment().estate().privileged().isEmpty()) {
      return;
    }
    String service = lower(change.getService());
    String result = lower(change.getResult());
    if (activity.getCategory().equals(DIRECTORY) && result.equals("success")) {
      if (!service.equals(PIM)) {
        observeOperation(event, isUser(event.principal()), facts);
      } else if (lower(activity.getOperation()).contains("completed (pim activation)")) {
        observeActivation(event, change, facts);
      }
    } else if (activity.getCategory().equals(AZURE)
        && (result.equals("success") || result.equals("succeeded"))) {
      if (!service.equals(AZURE_RBAC)) {
        observeOperation(event, change.getByUser(), facts);
      } else if (lower(change.getCategory()).equals("activaterole")) {
        observeAzureActivation(event, change, facts);
      }
    }
  }

  private static boolean isUser(@Nullable Principal principal) {
    return principal == null || principal.getType().equals("user");
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
  }

  private static void observeOperation(Event event, boolean isByUser, Facts facts) {
    String operation = event.activity().getOperation();
    PrivilegedOperations entry = event.enrichment().estate().privileged(operation);
    Principal user = event.principal();
    if (entry == null || !isByUser) {
      return;
    }
    if (user == null) {
      facts.suppressed(NO_PRINCIPAL);
      return;
    }
    facts
        .about(new Subject(Subject.Kind.PRINCIPAL, user.getId()), OPERATION)
        .with(ENTRY, entry.name())
        .with(NAME, operation)
        .state();
  }

  private static void observeActivation(Event event, Change change, Facts facts) {
    TreeSet<String> roles = new TreeSet<>();
    TreeSet<String> users = new TreeSet<>();
    for (Target target : change.getTargets()) {
      String type = lower(target.getType());
      if (type.equals("role")) {
        add(roles, target.getId());
        add(roles, target.getName());
      } else if (type.equals("user")) {
        add(users, target.getId());
      }
    }
    Principal initiator = event.principal();
    if (users.isEmpty() && initiator != null && isUser(initiator)) {
      users.add(initiator.getId());
    }
    if (users.isEmpty()) {
      facts.suppressed(NO_SUBJECT);
    }
    for (String user : users) {
      activated(event, change, user, roles, facts);
    }
  }

  private static void observeAzureActivation(Event event, Change change, Facts facts) {
    TreeSet<String> roles = new TreeSet<>();
    add(roles, change.getRole());
    String id = change.getRoleId();
    add(roles, id == null ? null : id.substring(id.lastIndexOf('/') + 1));
    TreeSet<String> subjects = new TreeSet<>();
    for (Target target : change.getTargets()) {
      add(subjects, target.getId());
    }
    if (subjects.isEmpty()) {
      facts.suppressed(NO_SUBJECT);
    }
    for (String subject : subjects) {
      activated(event, change, subject, roles, facts);
    }
  }

  private static void add(Set<String> to, @Nullable String text) {
    if (text != null && !text.isBlank()) {
      to.add(lower(text));
    }
  }

  private static void activated(
      Event event, Change change, String user, Set<String> roles, Facts facts) {
    long recordedAt = event.at();
    Long startsAt = change.getStartsAt();
    Long endsAt = change.getEndsAt();
    long begin = startsAt == null ? recordedAt : Math.max(recordedAt, startsAt);
    if (begin - recordedAt > MOST_MILLIS) {
      facts.counted("activationsTooFarAhead");
      return;
    }
    long end = endsAt == null ? recordedAt + USUAL_MILLIS : endsAt;
    Facts.Draft activation =
        facts
            .about(new Subject(Subject.Kind.PRINCIPAL, user), ACTIVATION)
            .with(BEGIN, begin)
            .with(END, Math.min(end, begin + MOST_MILLIS))
            .ofNobody()
            .withoutAddress();
    for (String role : roles) {
      activation.adding(ROLES, role);
    }
    activation.state();
  }

  @Override
  public void judge(Case day, Verdicts verdicts) {
    List<Fact> activations = new ArrayList<>();
    for (int each = day.day() - INFO.daysBack(); each <= day.day() + INFO.daysAhead(); each++) {
      for (Fact fact : day.on(each)) {
        if (fact.kind() == ACTIVATION) {
          activations.add(fact);
        }
      }
    }
    for (Fact fact : day.today()) {
      if (fact.kind() == OPERATION) {
        judge(day, fact, activations, verdicts);
      }
    }
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
    long at = operation.firstAt();
    for (Fact activation : activations) {
      if (at >= activation.number(BEGIN) - SKEW_MILLIS
          && at <= activation.number(END) + SKEW_MILLIS
          && isOfRole(activation, entry)) {
        return activation;
      }
    }
    return null;
  }

  private static boolean isOfRole(Fact activation, PrivilegedOperations entry) {
    if (entry.isCoveredByAnyRole()) {
      return true;
    }
    for (Seen role : activation.members(ROLES)) {
      if (entry.isCoveredBy(role.text())) {
        return true;
      }
    }
    return false;
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
      gates.passes(ACTIVATED, "user", user.id());
    }
    return gates
        .decides(NO_ACTIVATION, !isStanding && cover == null, Gates.FIRES, "graceHours", 1.0)
        .list();
  }

  @Override
  public Words tell(Finding finding) {
    Fired first = finding.first();
    Fact operation = first.fact(0);
    Principal user = finding.principal();
    String who = user == null ? finding.of().subject().id() : Phrases.name(user);
    return Words.of(
        "%s did %s without an active role".formatted(who, operation.text(NAME)),
        "%s did \"%s\" (%s) at %s, in %s of the day. The role was not active in Privileged Identity Management then, nobody activated it within an hour of arrival after it, and the estate lists no standing role for this user."
            .formatted(
                who,
                operation.text(NAME),
                operation.text(ENTRY),
                Phrases.time(operation.firstAt()),
                finding.counted() == 1 ? "1 minute" : finding.counted() + " minutes"));
  }

  @Override
  public Map<String, String> mattered(Fired fired, int fact) {
    Fact operation = fired.fact(fact);
    return Map.of(
        "entry", Objects.requireNonNull(operation.text(ENTRY)),
        "operation", Objects.requireNonNull(operation.text(NAME)));
  }
}
