package dev.lockstep.app.estate;

import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Privileged operations of users in a capture, and the activations of roles that cover them.
 *
 * <p>Up to {@value #MOST} operations and as many activations are kept; the rest is counted.
 */
final class PrivilegedUse {
  private static final int MOST = 200_000;
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
  private static final long SKEW_MILLIS = 5 * MINUTE_MILLIS;
  private static final long USUAL_MILLIS = 8 * HOUR_MILLIS;
  private static final long MOST_MILLIS = 24 * HOUR_MILLIS;
  private static final Set<String> SUCCESS = Set.of("success", "succeeded");

  /**
   * Operation that a user carried out.
   *
   * @param user object id, in lower case
   * @param label name of the user for people
   */
  record Operation(String user, String label, String name, long at) {}

  private record Activation(long begin, long end, Set<String> roles) {}

  private final Predicate<String> isPrivileged;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, List<Activation>> activations = new HashMap<>();
  private int activationsKept;
  private long leftOut;

  /** Creates one that keeps the operations of which a predicate holds. */
  PrivilegedUse(Predicate<String> isPrivileged) {
    this.isPrivileged = isPrivileged;
  }

  List<Operation> operations() {
    return operations;
  }

  /** Returns how many operations and activations were too many to keep. */
  long leftOut() {
    return leftOut;
  }

  void add(Activity activity) {
    Change change = activity.getChange();
    if (activity.getKind() != ActivityKind.AUDIT || change == null) {
      return;
    }
    String service = lower(change.getService());
    String result = lower(change.getResult());
    Principal actor = activity.getPrincipal();
    if (activity.getCategory().equals("AuditLogs") && result.equals("success")) {
      if (!service.equals("pim")) {
        operation(activity, actor != null && actor.getType().equals("user"));
      } else if (lower(activity.getOperation()).contains("completed (pim activation)")) {
        activation(activity, change, users(change, actor), rolesOf(change));
      }
    } else if (activity.getCategory().equals("Administrative") && SUCCESS.contains(result)) {
      if (!service.equals("azurerbac")) {
        operation(activity, change.getByUser());
      } else if (lower(change.getCategory()).equals("activaterole")) {
        activation(activity, change, targets(change, null), rolesInAzure(change));
      }
    }
  }

  private void operation(Activity activity, boolean isByUser) {
    Principal user = activity.getPrincipal();
    String name = activity.getOperation();
    if (!isByUser || user == null || name == null || !isPrivileged.test(name)) {
      return;
    }
    if (operations.size() >= MOST) {
      leftOut++;
      return;
    }
    String label = user.getName() == null ? user.getId() : user.getName();
    operations.add(new Operation(lower(user.getId()), label, name.strip(), activity.getEventAt()));
  }

  private void activation(Activity activity, Change change, Set<String> users, Set<String> roles) {
    long recordedAt = activity.getEventAt();
    Long startsAt = change.getStartsAt();
    Long endsAt = change.getEndsAt();
    long begin = startsAt == null ? recordedAt : Math.max(recordedAt, startsAt);
    if (begin - recordedAt > MOST_MILLIS) {
      return;
    }
    long end = Math.min(endsAt == null ? recordedAt + USUAL_MILLIS : endsAt, begin + MOST_MILLIS);
    for (String user : users) {
      if (activationsKept >= MOST) {
        leftOut++;
        return;
      }
      activationsKept++;
      activations
          .computeIfAbsent(user, none -> new ArrayList<>())
          .add(new Activation(begin, end, roles));
    }
  }

  private static Set<String> users(Change change, @Nullable Principal initiator) {
    Set<String> users = targets(change, "user");
    if (users.isEmpty() && initiator != null && initiator.getType().equals("user")) {
      users.add(lower(initiator.getId()));
    }
    return users;
  }

  /** Returns the ids of the targets of a type; null for every type. */
  private static Set<String> targets(Change change, @Nullable String type) {
    Set<String> ids = new HashSet<>();
    for (Target target : change.getTargets()) {
      String id = target.getId();
      if (id != null && (type == null || lower(target.getType()).equals(type))) {
        ids.add(lower(id));
      }
    }
    return ids;
  }

  private static Set<String> rolesOf(Change change) {
    Set<String> roles = targets(change, "role");
    for (Target target : change.getTargets()) {
      String name = target.getName();
      if (name != null && lower(target.getType()).equals("role")) {
        roles.add(lower(name));
      }
    }
    return roles;
  }

  private static Set<String> rolesInAzure(Change change) {
    Set<String> roles = new HashSet<>();
    if (change.getRole() != null) {
      roles.add(lower(change.getRole()));
    }
    String id = change.getRoleId();
    if (id != null) {
      roles.add(lower(id.substring(id.lastIndexOf('/') + 1)));
    }
    return roles;
  }

  /** Returns if a role that covers an entry was active for the user at an operation. */
  boolean isActive(Operation operation, PrivilegedOperations entry) {
    for (Activation activation : activations.getOrDefault(operation.user(), List.of())) {
      if (operation.at() >= activation.begin() - SKEW_MILLIS
          && operation.at() <= activation.end() + SKEW_MILLIS
          && (entry.isCoveredByAnyRole()
              || activation.roles().stream().anyMatch(entry::isCoveredBy))) {
        return true;
      }
    }
    return false;
  }

  static String lower(@Nullable String text) {
    return text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
  }
}
