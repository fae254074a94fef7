package dev.lockstep.detections.privileged;

import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.estate.Estate;
import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class PrivilegedWithoutPimTest {
  private static final long MINUTE = 60_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final Enrichment KNOWN =
      Enrichment.none()
          .with(
              Estate.of(
                  List.of(),
                  List.of(),
                  List.of(
                      new PrivilegedOperations(
                          "roles", List.of("Add member to role*"), Set.of(), Set.of("root")),
                      new PrivilegedOperations(
                          "access",
                          List.of("Microsoft.Authorization/roleAssignments/write"),
                          Set.of("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
                          Set.of())),
                  List.of()));

  private static ActivityBuilder audit(
      long at, @Nullable String user, String operation, @Nullable String service) {
    return change("AuditLogs", at, user, operation, service, "success");
  }

  private static ActivityBuilder azure(long at, @Nullable String user, String operation) {
    return change("Administrative", at, user, operation, "Microsoft.Authorization", "Success")
        .with(activity -> activity.getChange().setByUser(true));
  }

  private static ActivityBuilder change(
      String category,
      long at,
      @Nullable String user,
      String operation,
      @Nullable String service,
      String result) {
    return event(ActivityKind.AUDIT, category, at)
        .id(category + at + user + operation)
        .with(
            activity -> {
              if (user != null) {
                activity.setPrincipal(new Principal(user, null, "user"));
              }
              activity.setOperation(operation);
              Change change = new Change();
              change.setTargets(List.of());
              change.setModified(List.of());
              change.setService(service);
              change.setResult(result);
              activity.setChange(change);
            });
  }

  private static ActivityBuilder activation(
      long at, @Nullable Long begin, @Nullable Long end, String user, String... roles) {
    return audit(at, "admin", "Add member to role completed (PIM activation)", "PIM")
        .id("pim " + at + user + List.of(roles) + begin + end)
        .with(
            activity -> {
              List<Target> targets = new ArrayList<>();
              targets.add(new Target("User", user, null));
              for (String role : roles) {
                targets.add(new Target("Role", "id of " + role, role));
              }
              activity.getChange().setTargets(targets);
              activity.getChange().setStartsAt(begin);
              activity.getChange().setEndsAt(end);
            });
  }

  private static Activity operation(long at) {
    return audit(at, "ana", "Add member to role", null).build();
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new PrivilegedWithoutPim()).with(KNOWN).gives(events, List.of(expected));
  }

  private static Expected finding(long at, String entry, int count) {
    return Expected.of(
            new Subject(Subject.Kind.PRINCIPAL, "ana"),
            (int) (at / DAY),
            "no-activation",
            Severity.High,
            count)
        .in(entry);
  }

  @Test
  void fires_whenNobodyActivatedARole() {
    gives(
        List.of(operation(NOON), operation(NOON + 1), operation(NOON + MINUTE)),
        finding(NOON, "roles", 2));
  }

  @Test
  void countsAnOperationInAzureWithoutTheUsersObjectId_butAsNobodys() {
    Activity withoutOid =
        azure(NOON, null, "Microsoft.Authorization/roleAssignments/write")
            .with(activity -> activity.setPrincipal(new Principal("app", "ana@x", "workload")))
            .build();
    KitEngine.Run run = RuleCheck.of(new PrivilegedWithoutPim()).with(KNOWN).run();
    run.enter(withoutOid);
    run.advance(NOON + DAY);
    assertThat(run.findings()).isEmpty();
    assertThat(run.suppressed()).containsEntry("no-principal", 1);
  }

  @Test
  void saysNothingOfActivationsThatDoNotCoverTheOperation() {
    KitEngine.Run run = RuleCheck.of(new PrivilegedWithoutPim()).with(KNOWN).run();
    run.enter(operation(NOON));
    run.advance(NOON + DAY);
    assertThat(run.findings().get(0).getDescription())
        .contains(
            "Within an hour after the operation, Lockstep received no activation in Privileged"
                + " Identity Management that covers the operation")
        .doesNotContain("nobody");
  }

  @Test
  void saysThatOtherOperationsWereAmongThem() {
    KitEngine.Run run = RuleCheck.of(new PrivilegedWithoutPim()).with(KNOWN).run();
    run.enter(operation(NOON));
    run.enter(operation(NOON + MINUTE));
    run.advance(NOON + DAY);
    assertThat(run.findings().get(0).getDescription())
        .startsWith(
            "ana did \"Add member to role\" (roles) in 2 minutes of the day, first at 2026-11-19"
                + " 12:00:00 UTC.");
    run.enter(audit(NOON + 2 * MINUTE, "ana", "Add member to role in scope", null).build());
    run.advance(NOON + 2 * DAY);
    assertThat(run.findings().get(0).getDescription())
        .startsWith(
            "ana did \"Add member to role\" and 1 more operation (roles) in 3 minutes of the day,");
  }

  @Test
  void fires_whenAUserDidMoreOperationsThanAreKept_inAnyOrder() {
    List<Activity> inTenMinutes = new ArrayList<>();
    List<Activity> aMinuteEach = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      inTenMinutes.add(operation(NOON + i * 2_000));
      aMinuteEach.add(operation(NOON + i * MINUTE));
    }
    gives(inTenMinutes, finding(NOON, "roles", 10));
    gives(aMinuteEach, finding(NOON, "roles", 256));
  }

  @Test
  void fires_forEachEntryByItself() {
    gives(
        List.of(
            operation(NOON),
            azure(NOON, "ana", " microsoft.authorization/roleAssignments/WRITE").build()),
        finding(NOON, "roles", 1),
        finding(NOON, "access", 1));
  }

  @Test
  void isCovered_from5MinutesBeforeTheBegin_to5MinutesAfterTheEnd() {
    Activity active = activation(NOON, null, NOON + HOUR, "ana", "User Administrator").build();
    gives(List.of(active, operation(NOON - 5 * MINUTE), operation(NOON + 65 * MINUTE)));
    gives(
        List.of(active, operation(NOON - 5 * MINUTE - 1), operation(NOON + 65 * MINUTE + 1)),
        finding(NOON, "roles", 2));
  }

  @Test
  void lasts8Hours_whenNothingIsSaidOfTheEnd_andNeverMoreThan24() {
    gives(
        List.of(
            activation(NOON, null, null, "ana").build(),
            operation(NOON + 8 * HOUR + 5 * MINUTE),
            operation(NOON + 8 * HOUR + 5 * MINUTE + 1)),
        finding(NOON, "roles", 1));
    gives(
        List.of(
            activation(NOON, null, NOON + 9 * DAY, "ana").build(),
            operation(NOON + DAY + 5 * MINUTE),
            operation(NOON + DAY + 5 * MINUTE + 1)),
        finding(NOON + DAY, "roles", 1));
  }

  @Test
  void beginsWithTheLaterOfRecordAndStart_andCoversNothing_whenThatIsTooFarAhead() {
    gives(
        List.of(
            activation(NOON, NOON + HOUR, NOON + 2 * HOUR, "ana").build(),
            operation(NOON + 54 * MINUTE),
            operation(NOON + 55 * MINUTE)),
        finding(NOON, "roles", 1));
    gives(
        List.of(
            activation(NOON, NOON - HOUR, NOON + 2 * HOUR, "ana").build(),
            operation(NOON - 6 * MINUTE)),
        finding(NOON, "roles", 1));
    gives(
        List.of(
            activation(NOON, NOON + DAY, NOON + DAY + HOUR, "ana").build(), operation(NOON + DAY)));
    gives(
        List.of(
            activation(NOON, NOON + DAY + 1, NOON + DAY + HOUR, "ana").build(),
            operation(NOON + DAY + MINUTE)),
        finding(NOON + DAY, "roles", 1));
  }

  @Test
  void isCovered_acrossMidnight_byWhatIsRecordedTheDayAfter() {
    long midnight = NOON + 12 * HOUR;
    gives(List.of(operation(midnight - MINUTE), activation(midnight, null, null, "ana").build()));
  }

  @Test
  void needsAListedRole_whereTheEntryHasSome() {
    Activity write = azure(NOON, "ana", "Microsoft.Authorization/roleAssignments/write").build();
    gives(List.of(write, activation(NOON, null, null, "ana", "owner").build()));
    gives(
        List.of(write, activation(NOON, null, null, "ana", "Reader").build()),
        finding(NOON, "access", 1));
    gives(
        List.of(
            write,
            change("Administrative", NOON, "admin", "PIM", "AzureRBAC", "Succeeded")
                .with(
                    activity -> {
                      activity.getChange().setCategory("ActivateRole");
                      activity
                          .getChange()
                          .setRoleId("/x/roleDefinitions/8E3AF657-a8ff-443c-a75c-2fe8c4bcb635");
                      activity.getChange().setTargets(List.of(new Target("User", "ana", null)));
                    })
                .build()));
  }

  @Test
  void takesTheInitiatorForActivated_whenNoTargetIsAUser() {
    gives(
        List.of(
            operation(NOON),
            audit(NOON, "ana", "Add member to role completed (PIM activation)", "PIM").build()));
  }

  @Test
  void findsNothingOtherwise() {
    gives(
        List.of(
            audit(NOON, "root", "Add member to role", null).build(),
            audit(NOON, "ana", "Update user", null).build(),
            audit(NOON, "ana", "Add member to role requested (PIM activation)", "PIM").build(),
            audit(NOON, null, "Add member to role", null).build(),
            change("AuditLogs", NOON, "ana", "Add member to role", null, "failure").build(),
            audit(NOON, "app", "Add member to role", null)
                .with(activity -> activity.getPrincipal().setType("workload"))
                .build(),
            azure(NOON, "svc", "Microsoft.Authorization/roleAssignments/write")
                .with(activity -> activity.getChange().setByUser(false))
                .build(),
            change(
                    "Administrative",
                    NOON,
                    "ana",
                    "Microsoft.Authorization/roleAssignments/write",
                    null,
                    "Start")
                .with(activity -> activity.getChange().setByUser(true))
                .build()));
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(300)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new PrivilegedWithoutPim())
        .with(KNOWN)
        .orders(4)
        .seed(20_261_128)
        .gives(count, PrivilegedWithoutPimTest::history, PrivilegedWithoutPimTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    long[] offsets = {
      0,
      -5 * MINUTE,
      -5 * MINUTE - 1,
      HOUR,
      8 * HOUR + 5 * MINUTE,
      8 * HOUR + 5 * MINUTE + 1,
      DAY,
      DAY + 1,
      DAY + 5 * MINUTE,
      DAY + 5 * MINUTE + 1,
      2 * DAY,
      12 * HOUR,
      12 * HOUR - 1
    };
    String[] roles = {"Owner", "Reader", "8E3AF657-a8ff-443c-a75c-2fe8c4bcb635"};
    List<Activity> events = new ArrayList<>();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      long at = NOON + random.nextInt(2) * DAY + offsets[random.nextInt(offsets.length)];
      ActivityBuilder each;
      switch (random.nextInt(3)) {
        case 0 -> {
          Long begin = random.nextInt(2) == 0 ? null : at + offsets[random.nextInt(offsets.length)];
          Long end = random.nextInt(2) == 0 ? null : at + offsets[random.nextInt(offsets.length)];
          each = activation(at, begin, end, "ana", roles[random.nextInt(roles.length)]);
        }
        case 1 -> each = audit(at, "ana", "Add member to role", null);
        default -> each = azure(at, "ana", "Microsoft.Authorization/roleAssignments/write");
      }
      events.add(each.id("e" + i).build());
    }
    return events;
  }

  private static List<Expected> oracle(List<Activity> events) {
    Map<String, Set<Long>> minutes = new TreeMap<>();
    for (Activity each : events) {
      if ("PIM".equals(each.getChange().getService())) {
        continue;
      }
      String entry = each.getCategory().equals("AuditLogs") ? "roles" : "access";
      boolean covered = false;
      for (Activity other : events) {
        if ("PIM".equals(other.getChange().getService())) {
          long recorded = other.getEventAt();
          Long starts = other.getChange().getStartsAt();
          Long ends = other.getChange().getEndsAt();
          long begin = starts == null || starts < recorded ? recorded : starts;
          long end = Math.min(ends == null ? recorded + 8 * HOUR : ends, begin + DAY);
          boolean listed =
              entry.equals("roles")
                  || !other.getChange().getTargets().get(1).getName().equals("Reader");
          covered |=
              listed
                  && begin <= recorded + DAY
                  && each.getEventAt() >= begin - 5 * MINUTE
                  && each.getEventAt() <= end + 5 * MINUTE;
        }
      }
      if (!covered) {
        minutes
            .computeIfAbsent(entry + " " + each.getEventAt() / DAY, key -> new HashSet<>())
            .add(each.getEventAt() / MINUTE);
      }
    }
    List<Expected> expected = new ArrayList<>();
    minutes.forEach(
        (key, of) -> {
          String[] parts = key.split(" ", 2);
          expected.add(finding(Long.parseLong(parts[1]) * DAY, parts[0], of.size()));
        });
    return expected;
  }
}
